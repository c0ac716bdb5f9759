/* SPDX-License-Identifier: Apache-2.0 */
/* The hooks of a container that other commands than its maker execute: those of start and delete, as they
 * stand in the config.json of its state. */
#ifndef CTNR_EXEC_VERBS_KEPT_HOOKS_H
#define CTNR_EXEC_VERBS_KEPT_HOOKS_H

#include "launch/hook.h"

#include "base/cleanup.h"
#include "base/error.h"
#include "format/json.h"
#include "store/state.h"

struct kept_hooks {
	struct hook_subject subject; /* borrows the rest, and the container's ID */
	struct hooks_config config;
	json_t *document; /* config.json */
	json_t *state; /* state.json */
};

/* Accepts half-built objects. */
void kept_hooks_release(struct kept_hooks *hooks);
#define autokepthooks autocleanup(kept_hooks_release)

/* Read them. ret is all zeros. The caller holds the lock of the state. */
int kept_hooks_read(const struct state_root *states, const struct state_claim *container,
		    struct kept_hooks *ret, struct error *err);

#endif

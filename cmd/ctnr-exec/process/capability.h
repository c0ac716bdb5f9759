/* SPDX-License-Identifier: Apache-2.0 */
/* process.capabilities: the five sets, by capset(2) and prctl(2). */
#ifndef CTNR_EXEC_PROCESS_CAPABILITY_H
#define CTNR_EXEC_PROCESS_CAPABILITY_H

#include "base/error.h"
#include "format/json.h"

#include <stdint.h>

struct capabilities {
	uint64_t bounding;
	uint64_t effective;
	uint64_t permitted;
	uint64_t inheritable;
	uint64_t ambient;
};

/* Read them from the "process" node (absent: all empty). Warns of names that nobody knows, and of
 * those that this kernel does not have, and goes on without them. */
int capabilities_read(const struct jnode *process, struct capabilities *ret, struct error *err);

/* Before the user is changed: drop what is outside the bounding set, keep the rest across it. */
int capabilities_bound(const struct capabilities *c, struct error *err);

/* After it: set the other sets. */
int capabilities_apply(const struct capabilities *c, struct error *err);

/* Is that capability (CAP_MKNOD) effective in this process? */
int capability_is_effective(int capability);

#endif

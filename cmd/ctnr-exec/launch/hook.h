/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Executing the hooks of one point in the life of a container (config/hooks.h), in their order.
 *
 * A hook gets the state of the container on its stdin, exactly the environment that the config has for
 * it, the working directory of this process and none of its descriptors. What it writes to stdout is
 * dropped; the last line of its stderr is said when it fails. It leads a process group, which is killed
 * when its time is over. What it has started and left running is its own affair.
 *
 *	struct hook_run run = { .subject = container_hooks(c), .point = HOOK_POSTSTOP };
 *
 *	hook_run_point(&run, NULL);
 */
#ifndef CTNR_EXEC_LAUNCH_HOOK_H
#define CTNR_EXEC_LAUNCH_HOOK_H

#include "config/hooks.h"

#include "base/error.h"
#include "format/json.h"

#include <sys/types.h>

/* The container that hooks are told of. All is borrowed. */
struct hook_subject {
	const struct hooks_config *hooks;
	const char *id;
	const char *bundle; /* absolute path */
	const json_t *annotations; /* an object, or NULL */
};

struct hook_run {
	struct hook_subject subject;
	enum hook_point point;
	pid_t pid; /* of the container's first process, as the hooks see it; 0: it has ended */
	const int *
		stop; /* a descriptor that is readable, or at its end, when the hook is to be killed; NULL:
			  * none. What can be read there without waiting is read then. */
};

/* Let hooks have no descriptor that this process got from its caller: mark all but the standard ones. Before the
 * hooks of a process are executed, and before a filter that might forbid it. */
int hook_withhold_descriptors(struct error *err);

/* Execute the hooks of a point. The first that fails is the error ("config.json: hooks.prestart[0]: ..."),
 * and the rest is left out; but hooks after the start of the container fail with a warning, and all of
 * them are executed. */
int hook_run_point(const struct hook_run *run, struct error *err);

/* The hooks of poststart or poststop in the runtime namespace, by a command that ends soon: its working
 * directory becomes the bundle, or "/" where that is gone. */
void hook_run_after(const struct hook_subject *subject, enum hook_point point, pid_t pid);

#endif

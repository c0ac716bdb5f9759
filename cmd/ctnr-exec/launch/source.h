/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sources of bind mounts, where root's container gets a user namespace: init has the rights of the
 * mapped IDs, which do not open what lies below a folder of root's with mode 0700. The caller opens
 * them for init, and in init's mount namespace (by /proc/PID/root), because the kernel binds only what
 * is mounted in the namespace of the process that asks. So locked flags stay locked.
 *
 * Init says that it is there by one byte over launch.sync, and gets a descriptor, or one byte alone where
 * there is none, for each bind mount of the config in its order.
 */
#ifndef CTNR_EXEC_LAUNCH_SOURCE_H
#define CTNR_EXEC_LAUNCH_SOURCE_H

#include "launch/launch.h"

/* Does the caller open sources for that container? */
bool sources_are_needed(const struct container *c);

/* In the caller: open them and hand them over. A source that cannot be opened is left to init, which
 * says what is wrong with it, and so is an init that has ended to the caller's watch. */
int sources_hand_over(const struct launch *l, struct error *err);

/* In init: take them. *ret is a new array of descriptors, one for each mount of the config: -EBADF for a
 * mount that is no bind mount, and for a source that could not be opened. On failure the array is
 * incomplete, and init ends. */
int sources_take(const struct launch *l, int **ret, struct error *err);

#endif

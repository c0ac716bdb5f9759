/* SPDX-License-Identifier: Apache-2.0 */
/* What a process that will be a container's leaves behind of the caller: session, signals, keys. */
#ifndef CTNR_EXEC_LAUNCH_ALONE_H
#define CTNR_EXEC_LAUNCH_ALONE_H

#include "launch/launch.h"

/* A session of its own, every signal as a program expects it at its start, no umask. In the foreground the
 * process dies with its caller. */
int alone_become(const struct launch *l, struct error *err);

/* A session keyring of its own: the caller's keys are not the container's. Made in the container's user
 * namespace, whose limits it then counts for. */
int alone_leave_keyring(struct error *err);

#endif

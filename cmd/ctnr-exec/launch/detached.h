/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Launching a container that outlives its caller (launch/launch.h): the caller's side, and the steps of
 * init between its last preparations and the payload.
 */
#ifndef CTNR_EXEC_LAUNCH_DETACHED_H
#define CTNR_EXEC_LAUNCH_DETACHED_H

#include "container.h"
#include "launch/launch.h"

#include "base/error.h"

/* Launch a container that is claimed, in one of the two modes that leave init alone. The master of its terminal
 * goes to the console socket. Returns 0 once init waits for its start, or the payload was executed; on failure nothing of the container is left:
 * no process, no state. */
int detached_launch(const struct container *container, enum launch_mode mode, struct error *err);

/* In init, with the last of what needs rights: close every descriptor but the container's and those that the
 * following steps use. *listener is the connection to the agent of seccomp, or -EBADF; it gets another number. */
int detached_close_others(const struct launch *launch, int *listener, struct error *err);

/* In init: say that all is ready, and wait until the caller has recorded the container. Ends this process
 * when the caller was killed before that. */
void detached_await_record(const struct launch *launch);

/* In init: wait for the verb start. Nothing that is shared with the caller may be used from here on. Where
 * start has hooks to wait for, the FIFO stays open until execve(2): its end says that the payload was
 * executed, or init has ended. */
void detached_await_start(const struct launch *launch);

/* In init, after a start: the payload could not be executed. Say so on the container's stderr and, where start
 * waits, in the FIFO, and end. */
_Noreturn void detached_end(const struct launch *launch, const struct error *failure);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The process that executes the hooks of the runtime namespace: prestart, createRuntime, poststart and
 * poststop. It exists only where the config has such hooks.
 *
 * Theory of operation. Hooks of the runtime namespace have the caller's namespaces and rights, which the
 * keeper has given up, and the caller may be killed before poststop. So the caller forks the hook runner
 * before the keeper. It closes what tells others by its end that the caller or init is gone or has said all:
 * streams, sockets, FIFO, the agent's connection. It has a session of its own, and two sockets:
 *
 *  - of init: init asks for prestart and createRuntime, and waits for the answer. The end of the socket
 *    comes when init executes the payload or dies: the page tells which, and poststart follows or not.
 *    While init waits, its end kills the hook at work, so that whatever ends init ends that too.
 *  - of caller and keeper: a byte says that the container has ended and its state is removed, and
 *    poststop follows. The other side waits for the end of the hook runner, and then removes the bundle
 *    of --rm. When caller and keeper are both killed, the socket ends: the hook runner waits for the end
 *    of init itself.
 *
 * For a container that outlives its caller there are no more than prestart and createRuntime to execute:
 * the other points have commands of their own.
 */
#ifndef CTNR_EXEC_LAUNCH_HOOK_RUNNER_H
#define CTNR_EXEC_LAUNCH_HOOK_RUNNER_H

#include "launch/launch.h"

void hook_runner_release(struct hook_runner *runner);

/* In the caller, before the keeper is cloned: start the hook runner where there are hooks for it. */
int hook_runner_start(struct launch *launch, struct error *err);

/* In caller and keeper, once init has its own copy: close init's socket. */
void hook_runner_leave_to_init(struct launch *launch);

/* In init, before it changes its root directory: have prestart and createRuntime executed. caller: a socket
 * of which the other side is the caller, whose end is a failure too; or NULL. */
int hook_runner_ask(const struct launch *launch, const int *caller, struct error *err);

/* Kill the hook of poststart or poststop that is at work; the next is executed. */
void hook_runner_stop(const struct launch *launch);

/* The container has ended. When its state is removed, have poststop executed; when the state is kept, that is
 * left to the verb delete. Wait for the end of the hook runner. A second call waits for the first's end. */
enum container_fate {
	CONTAINER_DELETED,
	CONTAINER_KEPT,
};
void hook_runner_end(const struct launch *launch, enum container_fate fate);

#endif

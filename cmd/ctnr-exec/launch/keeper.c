/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/keeper.h"

#include "launch/hook_runner.h"
#include "launch/idmaps.h"
#include "launch/init.h"
#include "launch/namespace_path.h"
#include "launch/record.h"
#include "launch/time_namespace.h"
#include "process/oom_score.h"

#include "base/alloc.h"
#include "base/output.h"
#include "store/bundle_lock.h"
#include "system/fd.h"
#include "system/path.h"
#include "system/process_mark.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t clone_process(struct clone_args *args)
{
	return (pid_t)syscall(SYS_clone3, args, sizeof(*args));
}

/* Have the maps of the user namespace written, and become its root. */
static int enter_user_namespace(struct launch *l, struct error *err)
{
	const struct namespaces *n = &l->container->namespaces;
	char byte;

	if (n->userns == USERNS_SELF && namespaces_map_self(n, err) < 0)
		return -1;
	/* The caller failed to have the maps written, and reports that itself. */
	if (n->userns == USERNS_HELPED && read(l->sync[1], &byte, 1) != 1)
		_exit(ERROR_RUNTIME);
	if (namespaces_join(n, NAMESPACE_BEFORE_USER, err) < 0 ||
	    namespaces_join(n, NAMESPACE_BEFORE_CLONE, err) < 0)
		return -1;
	/* In one that was joined, our IDs own the state and the bundle, and its root may own neither. */
	if (n->userns == USERNS_HELPED && namespaces_become_root(n, err) < 0)
		return -1;
	if (time_namespace_make(n->config, err) < 0)
		return -1;
	if (!idmaps_are_made_by_caller(n) &&
	    idmaps_make(&l->container->config, &l->idmaps, err) < 0)
		return -1;
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	return 0;
}

/* Write the maps of init's own user namespace, which init waits for, and set what takes privileges
 * outside of it. */
static int let_init_go(const struct container *c, pid_t init, int go, struct error *err)
{
	if (namespaces_map_child(&c->namespaces, init, err) < 0 ||
	    oom_score_apply(&c->config.process, init, err) < 0)
		return -1;
	return fd_write_all(go, "", 1) < 0 ? error_errno(err, "cannot start the container") : 0;
}

/*
 * Init becomes a child of the caller's process (CLONE_PARENT), which gets its status at first hand
 * whatever happens to us; we watch it by pidfd. Its pid is in the shared page before it runs.
 */
static int start_init(const struct launch *l, struct error *err)
{
	const struct container *c = l->container;
	bool inner = c->namespaces.userns == USERNS_INNER;
	int go[2] = { -1, -1 };
	int pidfd = -1;
	struct clone_args args = {
		.flags = namespaces_clone_flags(&c->namespaces) | CLONE_PARENT | CLONE_PIDFD |
			 CLONE_PARENT_SETTID,
		.pidfd = (uint64_t)(uintptr_t)&pidfd,
		.parent_tid = (uint64_t)(uintptr_t)&l->page->init_pid,
	};
	pid_t pid;

	if (inner && pipe2(go, O_CLOEXEC) < 0)
		return error_errno(err, "cannot make a pipe");
	if (fchdir(c->bundle.dirfd) < 0)
		return error_errno(err, "cannot enter %s '%s'", bundle_word(), c->bundle.path);
	pid = clone_process(&args);
	if (pid < 0) {
		error_errno(err, "cannot make the container's namespaces");
		return namespaces_hint_refusal(err);
	}
	if (pid == 0) {
		fd_close(&go[1]);
		init_main(l, go[0]);
	}
	if (inner && let_init_go(c, pid, go[1], err) < 0) {
		syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0);
		return -1;
	}
	fd_close(&go[0]);
	fd_close(&go[1]);
	return pidfd;
}

/* Wait until init has ended. Init is the first process of its pid namespace: the kernel reports its
 * end after that of all the others. */
static void wait_for_init(const struct launch *l, int init)
{
	struct pollfd fds[] = { { .fd = init, .events = POLLIN },
				{ .fd = l->parent, .events = POLLIN } };

	for (;;) {
		if (poll(fds, 2, -1) < 0)
			continue;
		if (fds[0].revents)
			return;
		if (fds[1].revents) {
			syscall(SYS_pidfd_send_signal, init, SIGKILL, NULL, 0);
			fds[1].fd = -1;
		}
	}
}

int keeper_remove_container(const struct launch *l, struct error *err)
{
	const struct container *c = l->container;
	bool is_kept = container_keeps_state(c);

	container_remove_state(c);
	hook_runner_end(l, is_kept ? CONTAINER_KEPT : CONTAINER_DELETED);
	return container_remove_bundle(c, err);
}

static int clean_up(const struct launch *l, struct error *err)
{
	const struct container *c = l->container;
	int result = keeper_remove_container(l, err);

	state_reclaim(c->state_root.fd);
	l->page->cleaned = true;
	return result;
}

static int keep_container(struct launch *l, struct error *err)
{
	struct error cleaning = { 0 };
	int init;
	int result = -1;

	/* The signals that the caller's terminal sends are the caller's. */
	setsid();
	fd_close(&l->sync[0]);
	streams_close_outside(l->streams);
	if (enter_user_namespace(l, err) < 0)
		return -1;
	init = start_init(l, err);
	hook_runner_leave_to_init(l);
	if (l->mode != LAUNCH_FOREGROUND)
		return init < 0 ? -1 : 0;
	if (init >= 0) {
		fd_close(&l->sync[1]);
		streams_close_inside(l->streams);
		fd_close(&l->listener.socket);
		result = record_container(l->container, l->page->init_pid,
					  !l->container->keeps_state, err);
		if (result < 0)
			syscall(SYS_pidfd_send_signal, init, SIGKILL, NULL, 0);
		wait_for_init(l, init);
	}
	l->page->keeper_failed = result < 0;
	if (clean_up(l, &cleaning) == 0 || result < 0)
		return result;
	return error_move(err, &cleaning);
}

pid_t keeper_start(const struct launch *launch, struct error *err)
{
	enum userns_mode userns = launch->container->namespaces.userns;
	bool enter = userns == USERNS_SELF || userns == USERNS_HELPED;
	struct clone_args args = { .flags = enter ? CLONE_NEWUSER : 0, .exit_signal = SIGCHLD };
	struct launch copy = *launch;
	struct error failure = { 0 };
	pid_t pid = clone_process(&args);

	if (pid < 0) {
		error_errno(err, "cannot make a user namespace");
		return namespaces_hint_refusal(err);
	}
	if (pid > 0)
		return pid;
	if (keep_container(&copy, &failure) == 0)
		_exit(0);
	if (!failure.code)
		failure.code = ERROR_FAILED;
	launch->page->keeper_error = failure;
	_exit(ERROR_RUNTIME);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/joiner.h"

#include "launch/alone.h"
#include "process/capability.h"
#include "process/cpu_affinity.h"
#include "process/label.h"
#include "process/oom_score.h"
#include "process/process.h"
#include "process/terminal.h"

#include "base/message.h"
#include "system/capability.h"
#include "system/fd.h"
#include "system/fd_pass.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int setns(int fd, int flags); /* <sched.h> cannot be included beside <linux/sched.h> */

#define FIRST_FD 3 /* behind the standard ones */

static int joining_error(const struct joined *j, struct error *err)
{
	/* ESRCH: of setns(2); ENOMEM: of clone(2), whose pid namespace has lost its first process. */
	if (errno == ESRCH || (errno == ENOMEM && j->namespaces & CLONE_NEWPID))
		return error_set(err, ERROR_FAILED, "'%s': container not running", j->id);
	return error_errno(err, "cannot join container '%s'", j->id);
}

/* Join one after the other all that can be joined with the present rights. Returns what could not. */
static uint64_t join_each(const struct joined *j, uint64_t namespaces)
{
	for (unsigned bit = 0; bit < 32; bit++) {
		uint64_t flag = namespaces & UINT64_C(1) << bit;

		if (flag && flag != CLONE_NEWUSER && setns(j->init, (int)flag) == 0)
			namespaces &= ~flag;
	}
	return namespaces;
}

/* All at once, with the rights that the user namespace gives over its own. Where the container has joined
 * another's, it takes the rights of root outside. */
static int enter_namespaces(const struct joined *j, struct error *err)
{
	uint64_t left = j->namespaces;

	if (!left || setns(j->init, (int)left) == 0)
		return 0;
	if (errno == EPERM && left & CLONE_NEWUSER) {
		left = join_each(j, left);
		if (setns(j->init, (int)left) == 0)
			return 0;
	}
	return joining_error(j, err);
}

/* User and group 0 of the user namespace, where it maps them. */
static int become_root(const struct joined *j, struct error *err)
{
	if (!(j->namespaces & CLONE_NEWUSER))
		return 0;
	if ((getegid() != 0 && setresgid(0, 0, 0) < 0 && errno != EINVAL) ||
	    (geteuid() != 0 && setresuid(0, 0, 0) < 0 && errno != EINVAL))
		return error_errno(err, "cannot become root of the user namespace");
	return 0;
}

static int enter_root(const struct joined *j, struct error *err)
{
	if (fchdir(j->root) < 0 || chroot(".") < 0)
		return error_errno(err, "cannot enter the root directory of container '%s'", j->id);
	return 0;
}

/* Leave open what is the payload's alone, and behind that the sockets and the pidfd of the caller, where they
 * are needed. All are moved by way of numbers that are above each place. */
static int leave_descriptors(struct launch *l, struct error *err)
{
	unsigned next = FIRST_FD + l->container->preserve_fds;
	int *const kept[] = { &l->sync[1], &l->parent, &l->listener.socket };

	message_end_log();
	if (streams_take(l->streams, err) < 0)
		return -1;
	for (size_t i = 0; i < array_size(kept); i++)
		if (*kept[i] >= 0)
			*kept[i] =
				fcntl(*kept[i], F_DUPFD_CLOEXEC, (int)next + (int)array_size(kept));
	for (size_t i = 0; i < array_size(kept); i++) {
		if (*kept[i] < 0)
			continue;
		if (dup3(*kept[i], (int)next, O_CLOEXEC) < 0)
			return error_errno(err, "cannot move a descriptor");
		*kept[i] = (int)next++;
	}
	/* Until there is the terminal: the caller's own may be among the standard descriptors. */
	for (int fd = 0; fd < FIRST_FD && l->container->config.process.terminal; fd++)
		if (dup2(l->sync[1], fd) < 0)
			return error_errno(err, "cannot leave fd %d", fd);
	return close_range(next, ~0U, 0) < 0 ? error_errno(err, "cannot close our descriptors") : 0;
}

/* Open a terminal of the container's, and send the master to the caller. */
static int take_terminal(const struct launch *l, struct error *err)
{
	const struct process_config *process = &l->container->config.process;
	autoclose int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	autoclose int master = -EBADF;
	autoclose int slave = -EBADF;
	struct capability_sets before;

	if (root < 0)
		return error_errno(err, "cannot open the root directory");
	if (capabilities_narrow(&process->capabilities, &before, err) < 0)
		return -1;
	slave = terminal_open_at(root, &l->streams->window, &master, err);
	if (slave < 0 || capability_set(&before, err) < 0 ||
	    terminal_give(slave, process->uid, err) < 0)
		return -1;
	if (fd_pass_send(l->sync[1], master) < 0)
		return error_errno(err, "cannot hand over the terminal");
	return terminal_take(slave, err);
}

/* Returns only on failure. */
static int become_payload(const struct launch *l, struct error *err)
{
	const struct container *c = l->container;
	const struct payload payload = {
		.process = &c->config.process,
		.filter = &c->filter,
		.memory_policy = &c->config.memory_policy,
		.personality = &c->config.personality,
		.listener = &l->listener,
		.pid = l->page->init_pid,
		.preserve_fds = c->preserve_fds,
		.dies_with_parent = l->mode == LAUNCH_FOREGROUND,
		.is_joined = true,
	};
	char *file;

	if (alone_become(l, err) < 0 || (payload.process->terminal && take_terminal(l, err) < 0) ||
	    cpu_affinity_apply_final(&payload.process->cpu_affinity, err) < 0 ||
	    process_confine(&payload, err) < 0)
		return -1;
	file = process_find_command(&payload, err);
	return file ? process_execute(&payload, file, err) : -1;
}

static _Noreturn void payload_main(const struct launch *l)
{
	struct error err = { 0 };

	become_payload(l, &err);
	if (!err.code)
		err.code = ERROR_FAILED;
	l->page->init_error = err;
	_exit(ERROR_RUNTIME);
}

static int clone_payload(const struct launch *l, const struct joined *j, struct error *err)
{
	struct clone_args args = {
		.flags = CLONE_PARENT | CLONE_PARENT_SETTID,
		.parent_tid = (uint64_t)(uintptr_t)&l->page->init_pid,
	};
	pid_t pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));

	if (pid == 0)
		payload_main(l);
	return pid < 0 ? joining_error(j, err) : 0;
}

static int join_container(struct launch *l, const struct joined *j, struct error *err)
{
	fd_close(&l->sync[0]);
	streams_close_outside(l->streams);
	/* The host's /proc is here, that of the container cannot be trusted. */
	if (oom_score_apply(&l->container->config.process, 0, err) < 0 ||
	    labels_apply(&l->container->config.process, err) < 0 ||
	    cpu_affinity_apply_initial(&l->container->config.process.cpu_affinity, err) < 0)
		return -1;
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return error_errno(err, "cannot hide from the container");
	if (enter_namespaces(j, err) < 0 || become_root(j, err) < 0 || enter_root(j, err) < 0 ||
	    alone_leave_keyring(err) < 0 || leave_descriptors(l, err) < 0)
		return -1;
	return clone_payload(l, j, err);
}

pid_t joiner_start(struct launch *l, const struct joined *j, struct error *err)
{
	struct clone_args args = { .exit_signal = SIGCHLD };
	pid_t pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
	struct error failure = { 0 };

	if (pid < 0)
		return error_errno(err, "cannot start a process");
	if (pid > 0) {
		fd_close(&l->sync[1]);
		/* The payload has the connection: the agent sees its end when the message was sent. */
		fd_close(&l->listener.socket);
		streams_close_inside(l->streams);
		return pid;
	}
	if (join_container(l, j, &failure) == 0)
		_exit(0);
	if (!failure.code)
		failure.code = ERROR_FAILED;
	l->page->keeper_error = failure;
	_exit(ERROR_RUNTIME);
}

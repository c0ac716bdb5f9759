/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/hook_runner.h"

#include "launch/hook.h"

#include "system/fd.h"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ANSWER_DONE 'd'
#define ANSWER_FAILED 'f'

static bool has_hooks(const struct launch *l, enum hook_point point)
{
	return l->container->config.hooks.points[point].len > 0;
}

static bool is_asked(const struct launch *l)
{
	return has_hooks(l, HOOK_PRESTART) || has_hooks(l, HOOK_CREATE_RUNTIME);
}

static bool is_needed(const struct launch *l)
{
	return is_asked(l) || (l->mode == LAUNCH_FOREGROUND &&
			       (has_hooks(l, HOOK_POSTSTART) || has_hooks(l, HOOK_POSTSTOP)));
}

static int run_point(const struct launch *l, enum hook_point point, const int *stop,
		     struct error *err)
{
	const struct hook_run run = {
		.subject = container_hooks(l->container),
		.point = point,
		.pid = point == HOOK_POSTSTOP ? 0 : l->page->init_pid,
		.stop = stop,
	};

	return hook_run_point(&run, err);
}

/* Let go of all that others tell by its end, or by its lock, that the caller and the container are gone. */
static void leave_others_alone(struct launch *l)
{
	const struct container *c = l->container;

	setsid();
	streams_close_inside(l->streams);
	streams_close_outside(l->streams);
	fd_close(&l->sync[0]);
	fd_close(&l->sync[1]);
	fd_close(&l->parent);
	fd_close(&l->fifo);
	fd_close(&l->listener.socket);
	close(c->lock);
	close(c->state.fd);
	/* A bundle that was deleted is no place to work in. */
	if (fchdir(c->bundle.dirfd) < 0 && chdir("/") < 0)
		_exit(ERROR_RUNTIME);
}

/* The signal of hook_runner_stop(), as a descriptor. */
static int take_stop_signal(void)
{
	sigset_t set;

	signal(SIGTERM, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* What init asks for, until it executes the payload or dies. */
static void serve_init(const struct launch *l, int asked)
{
	struct error failure = { 0 };
	char answer = ANSWER_DONE;
	char byte;

	while (fd_read_full(asked, &byte, 1) == 1) {
		if (run_point(l, HOOK_PRESTART, &asked, &failure) < 0 ||
		    run_point(l, HOOK_CREATE_RUNTIME, &asked, &failure) < 0) {
			l->page->hook_error = failure;
			answer = ANSWER_FAILED;
		}
		send(asked, &answer, 1, MSG_NOSIGNAL);
	}
}

/* Wait until the container has ended. Is it deleted? */
static bool wait_for_end(const struct launch *l, int ended)
{
	pid_t pid = l->page->init_pid;
	struct pollfd init = { .fd = -EBADF, .events = POLLIN };
	char byte;

	/* Init's pid is its own until the caller has waited for it. */
	if (pid > 0)
		init.fd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (fd_read_full(ended, &byte, 1) == 1)
		return byte == CONTAINER_DELETED;
	while (init.fd >= 0 && poll(&init, 1, -1) < 0)
		;
	return !l->container->keeps_state;
}

static _Noreturn void run_hooks(struct launch *l, int asked, int ended)
{
	int stop = take_stop_signal();

	leave_others_alone(l);
	if (hook_withhold_descriptors(NULL) < 0)
		_exit(ERROR_RUNTIME);
	serve_init(l, asked);
	if (l->mode != LAUNCH_FOREGROUND)
		_exit(0);
	if (l->page->init_executes && !l->page->init_error.code)
		run_point(l, HOOK_POSTSTART, &stop, NULL);
	if (has_hooks(l, HOOK_POSTSTOP) && wait_for_end(l, ended))
		run_point(l, HOOK_POSTSTOP, &stop, NULL);
	_exit(0);
}

void hook_runner_release(struct hook_runner *runner)
{
	fd_close(&runner->asking);
	fd_close(&runner->ending);
}

int hook_runner_start(struct launch *l, struct error *err)
{
	int asking[2], ending[2];
	pid_t pid;

	if (!is_needed(l))
		return 0;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, asking) < 0)
		return error_errno(err, "cannot make a socket pair");
	autoclose int asked = asking[0];
	l->hooks.asking = asking[1];
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ending) < 0)
		return error_errno(err, "cannot make a socket pair");
	autoclose int ended = ending[0];
	l->hooks.ending = ending[1];

	pid = fork();
	if (pid < 0)
		return error_errno(err, "cannot fork");
	if (pid == 0) {
		hook_runner_release(&l->hooks);
		run_hooks(l, asked, ended);
	}
	l->hooks.pid = pid;
	return 0;
}

void hook_runner_leave_to_init(struct launch *l)
{
	fd_close(&l->hooks.asking);
}

/*
 * Hooks look into the namespaces of init by its pid. An ordinary user may do that only while init is
 * dumpable; who might do it too, a process of the same user namespace that sees init's pid, is not there
 * where one of the two is new.
 */
static void show_namespaces(const struct launch *l, bool show)
{
	const struct namespaces_config *n = l->container->namespaces.config;

	if (namespaces_config_is_new(n, NAMESPACE_USER) ||
	    namespaces_config_is_new(n, NAMESPACE_PID))
		prctl(PR_SET_DUMPABLE, show ? 1 : 0, 0, 0, 0);
}

/* The hook runner's answer; 0: there is none. */
static char await_answer(const struct launch *l, const int *caller)
{
	struct pollfd fds[] = { { .fd = l->hooks.asking, .events = POLLIN },
				{ .fd = caller ? *caller : -1 } };
	char answer = 0;

	while (poll(fds, array_size(fds), -1) < 0)
		;
	if (fds[0].revents)
		fd_read_full(l->hooks.asking, &answer, 1);
	return answer;
}

int hook_runner_ask(const struct launch *l, const int *caller, struct error *err)
{
	char answer = 0;

	if (!is_asked(l))
		return 0;
	show_namespaces(l, true);
	if (send(l->hooks.asking, "", 1, MSG_NOSIGNAL) == 1)
		answer = await_answer(l, caller);
	show_namespaces(l, false);
	if (answer == ANSWER_FAILED)
		return error_move(err, &l->page->hook_error);
	return answer == ANSWER_DONE ? 0
				     : error_set(err, ERROR_FAILED,
						 "a process was killed while hooks were executed");
}

void hook_runner_stop(const struct launch *l)
{
	if (l->hooks.pid > 0)
		kill(l->hooks.pid, SIGTERM);
}

void hook_runner_end(const struct launch *l, enum container_fate fate)
{
	char byte = (char)fate;

	if (l->hooks.ending < 0)
		return;
	send(l->hooks.ending, &byte, 1, MSG_NOSIGNAL);
	while (fd_read_full(l->hooks.ending, &byte, 1) > 0)
		;
}

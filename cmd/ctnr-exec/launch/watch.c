/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/watch.h"

#include "launch/hook_runner.h"
#include "launch/signal.h"
#include "members.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "system/fd.h"
#include "system/fd_pass.h"
#include "system/process_mark.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#define DOUBT_MSEC 50
#define DOUBTS_MAX 20 /* looks at a signal that stays blocked: a busy machine is slow to fork */

static pid_t init_pid(const struct watch *w)
{
	return w->launch->page->init_pid;
}

static bool init_is_alive(const struct watch *w)
{
	return init_pid(w) > 0 && !w->init_ended;
}

static void kill_init(const struct watch *w)
{
	if (init_is_alive(w))
		kill(init_pid(w), SIGKILL);
}

static bool is_termination(int number)
{
	return number == SIGHUP || number == SIGINT || number == SIGQUIT || number == SIGTERM;
}

/* End the container as the signal would have ended an ordinary process. */
static void end_by_signal(struct watch *w, int number)
{
	w->fatal = number;
	kill_init(w);
}

/* A signal that the kernel throws away ends the container. A process that waits for signals (sigwait(3)) has
 * them blocked for good, a shell that forks for a moment: later they can be told apart. */
static void follow_fate(struct watch *w, int number, enum signal_fate fate)
{
	if (fate == SIGNAL_LOST)
		end_by_signal(w, number);
	if (fate != SIGNAL_BLOCKED)
		return;
	w->doubtful = number;
	w->doubts = 0;
	w->doubt_ends = clock_monotonic_ms() + DOUBT_MSEC;
}

/*
 * Init is the first process of its pid namespace. The kernel throws a signal away for which such a
 * process has no handler: the container is then ended here. Before init has the payload's signal
 * mask it has ours, in which a signal waits, and is thrown away when it is unblocked.
 */
static enum signal_fate find_fate(const struct watch *w, int number)
{
	return w->launch->page->init_takes_signals ? signal_fate(init_pid(w), number) : SIGNAL_LOST;
}

static void pass_termination(struct watch *w, int number)
{
	enum signal_fate fate = find_fate(w, number);

	if (fate != SIGNAL_LOST)
		kill(init_pid(w), number);
	follow_fate(w, number, fate);
}

/* A signal that was unblocked meanwhile, and for which there is no handler, is lost. */
static void settle_doubt(struct watch *w)
{
	enum signal_fate fate = SIGNAL_TAKEN;
	int64_t now = w->doubtful ? clock_monotonic_ms() : 0;

	if (!w->doubtful || now < w->doubt_ends)
		return;
	if (init_is_alive(w))
		fate = signal_fate(init_pid(w), w->doubtful);
	if (fate == SIGNAL_BLOCKED && w->doubts < DOUBTS_MAX) {
		w->doubts++;
		w->doubt_ends = now + DOUBT_MSEC;
		return;
	}
	if (fate == SIGNAL_LOST)
		end_by_signal(w, w->doubtful);
	w->doubtful = 0;
}

/* Is init the only process of its process group? Another one may be who takes what is typed. */
static bool init_is_alone(const struct watch *w)
{
	automembers struct members members = MEMBERS_INIT;
	autofree char *mark = process_mark(init_pid(w), NULL);

	if (!mark || members_list(mark, &members, NULL) < 0)
		return false;
	for (size_t i = 0; i < members.len; i++)
		if (members.pids[i] != init_pid(w) && getpgid(members.pids[i]) == init_pid(w))
			return false;
	return true;
}

/* With a terminal, Ctrl-C is no signal to this process: the kernel sends one to the process group that has
 * the container's terminal, and until init executes the command no group has it. This is asked before
 * the terminal gets the key, because a process that takes the signal may end of it at once. */
static void follow_typed(struct watch *w)
{
	pid_t group;
	int number = streams_take_typed(w->launch->streams, &group);

	if (!number || !w->guards_first || !init_is_alive(w))
		return;
	if (!w->launch->page->init_takes_signals || (group == init_pid(w) && init_is_alone(w)))
		follow_fate(w, number, find_fate(w, number));
}

static void pass_signal(struct watch *w, int number)
{
	if (!init_pid(w)) {
		/* There is no init yet that the signal could be passed on to. */
		w->fatal = number;
		if (w->keeper)
			kill(w->keeper, SIGKILL);
	} else if (!init_is_alive(w)) {
		if (is_termination(number)) {
			w->abandoned = true;
			hook_runner_stop(w->launch);
		}
	} else if (is_termination(number) && w->guards_first) {
		pass_termination(w, number);
	} else {
		kill(init_pid(w), number);
	}
}

static void reap_children(struct watch *w)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid == w->keeper) {
			w->keeper = 0;
			/* A signal that came before there was an init may meet a keeper that
			 * has cloned one and has ended. */
			if (WIFSIGNALED(status) || w->fatal)
				kill_init(w);
		} else if (pid == init_pid(w)) {
			w->init_ended = true;
			w->init_status = status;
		} else if (pid == w->launch->hooks.pid) {
			w->launch->hooks.pid = 0;
		}
	}
}

/* Stop as job control wants it, with the terminal as the shell had it. */
static void stop_for_shell(struct streams *s)
{
	raw_terminal_pause(&s->caller);
	raise(SIGSTOP);
	raw_terminal_resume(&s->caller);
	streams_resize_terminal(s);
}

static void take_signal(struct watch *w)
{
	struct streams *streams = w->launch->streams;
	struct signalfd_siginfo info;

	if (read(w->signals, &info, sizeof(info)) != sizeof(info))
		return;
	switch (info.ssi_signo) {
	case SIGCHLD:
		reap_children(w);
		break;
	case SIGCONT:
		streams_resize_terminal(streams);
		raw_terminal_continue(&streams->caller);
		break;
	case SIGTSTP:
		stop_for_shell(streams);
		break;
	case SIGWINCH:
		if (streams->has_terminal) {
			streams_resize_terminal(streams);
			break;
		}
		__attribute__((fallthrough));
	default:
		pass_signal(w, (int)info.ssi_signo);
	}
}

/* Init sends the master of its terminal, once. */
static void take_terminal(struct watch *w)
{
	int master = fd_pass_receive(w->launch->sync[0]);

	fd_close(&w->launch->sync[0]);
	if (master >= 0)
		streams_start_terminal(w->launch->streams, master);
}

/* The program on the terminal reads keys, and has read many ends of input: tell it as a terminal
 * that is closed does, and then take the terminal away. */
static void hang_up_terminal(struct watch *w)
{
	if (w->hung_up)
		streams_hang_up(w->launch->streams);
	else
		pass_signal(w, SIGHUP);
	w->hung_up = true;
}

static int find_timeout(const struct watch *w)
{
	int streams = streams_timeout(w->launch->streams);

	if (!w->doubtful)
		return streams;
	return streams >= 0 && streams < DOUBT_MSEC ? streams : DOUBT_MSEC;
}

/* The container has ended. In a pid namespace of its own that has killed init already. */
static void follow_container(struct watch *w)
{
	kill_init(w);
	w->container = -EBADF;
}

static void wait_for_event(struct watch *w)
{
	struct streams *s = w->launch->streams;
	struct pollfd fds[3 + STREAMS_POLLS] = { { w->signals, POLLIN, 0 },
						 { w->container > 0 ? w->container : -1, POLLIN,
						   0 },
						 { -1, POLLIN, 0 } };
	nfds_t n = 2;
	int ready;

	if (s->is_relayed) {
		fds[2].fd = s->has_terminal ? w->launch->sync[0] : -1;
		streams_prepare(s, fds + 3);
		n = array_size(fds);
	}
	ready = poll(fds, n, find_timeout(w));
	settle_doubt(w);
	if (!streams_continue(s))
		hang_up_terminal(w);
	if (ready <= 0)
		return;
	if (fds[1].revents)
		follow_container(w);
	if (fds[2].revents)
		take_terminal(w);
	if (s->is_relayed)
		streams_move(s, fds + 3);
	follow_typed(w);
	if (fds[0].revents)
		take_signal(w);
}

/* Pass on the rest of what the container wrote. The reader of our output may be slow, or never read
 * again: signals are taken meanwhile, and a container that was ended by one waits for no reader. */
static void drain_output(struct watch *w)
{
	struct streams *s = w->launch->streams;

	streams_finish(s);
	while (!w->abandoned && streams_have_rest(s)) {
		struct pollfd fds[1 + STREAMS_POLLS] = { { w->signals, POLLIN, 0 } };
		int ready;

		streams_prepare(s, fds + 1);
		ready = poll(fds, array_size(fds), w->fatal ? 0 : -1);
		if (ready == 0)
			break;
		if (ready > 0 && fds[0].revents)
			take_signal(w);
		if (ready > 0)
			streams_move(s, fds + 1);
	}
	raw_terminal_pause(&s->caller);
}

void watch_until_end(struct watch *watch)
{
	while (watch->keeper || init_is_alive(watch))
		wait_for_event(watch);
	if (watch->launch->streams->is_relayed)
		drain_output(watch);
}

/* The status of init: how it ended, or -1 with the reason why the payload was never executed. */
static int init_status(const struct watch *w, struct error *err)
{
	const struct launch_page *page = w->launch->page;

	if (w->fatal)
		return 128 + w->fatal;
	if (page->init_error.code)
		return error_move(err, &page->init_error);
	if (w->init_ended)
		return WIFSIGNALED(w->init_status) ? 128 + WTERMSIG(w->init_status)
						   : WEXITSTATUS(w->init_status);
	if (!error_is(err, 0))
		return -1;
	return error_set(err, ERROR_FAILED, "the keeper of the container was killed");
}

int watch_status(const struct watch *watch, struct error *err)
{
	const struct launch_page *page = watch->launch->page;
	bool never_ran = !watch->init_ended && !page->init_error.code;

	/* A container that the keeper has ended has no status of its own. */
	if (!watch->fatal && !page->init_error.code && page->keeper_error.code &&
	    (page->keeper_failed || never_ran))
		return error_move(err, &page->keeper_error);
	if (page->keeper_failed)
		return init_status(watch, err);
	return container_status_after(init_status(watch, err), &page->keeper_error, err);
}

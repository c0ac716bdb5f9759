/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Theory of operation. Three processes:
 *
 *  - caller: this one, in the caller's session. Reads the config, passes signals and the terminal
 *    on, waits for the others, returns the status (run.c, relay.c, signal.c).
 *  - keeper: its first child, in the container's user namespace and nothing else of it. Starts
 *    init, writes the state, waits for the end and cleans up, which needs the mapped IDs
 *    (keeper.c).
 *  - init: cloned by the keeper into all the namespaces, but the caller's child. Makes the root
 *    filesystem and becomes the payload (init.c, rootfs.c, mount.c, process.c).
 *
 * Whichever of them is killed, no process and no mount stays:
 *
 *  - The caller: the keeper sees it by pidfd, kills init, cleans up. When the keeper is killed with
 *    it, init gets SIGKILL as its parent died, unless the payload changed its user. The state, and
 *    the bundle of --rm, are reclaimed by the next command once init is dead (store/state.h).
 *  - The keeper: the caller gets SIGCHLD, kills init and cleans up as well as it can; files of
 *    mapped IDs wait in trash/ for the next command.
 *  - Init: the ordinary end. It is the first process of its pid namespace: the kernel kills and
 *    waits for all others before anyone hears of it, and the mounts go with the last one.
 *
 * The caller may kill init whatever its user is: the owner of a user namespace has all
 * capabilities in it. Nobody waits for a "ready": with one ID, the keeper writes its own maps;
 * an error of init or keeper is left in a shared page (gone with execve) and read after wait(2).
 * Each wake-up on another CPU costs more than most system calls here.
 */
#include "verbs/run.h"

#include "config/config.h"
#include "container.h"
#include "launch/keeper.h"
#include "launch/signal.h"
#include "process/terminal.h"
#include "rootfs/cgroup_view.h"
#include "rootfs/overlay.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/message.h"
#include "store/bundle_lock.h"
#include "store/ephemeral.h"
#include "system/fd.h"
#include "system/fd_pass.h"
#include "system/path.h"
#include "system/relay.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define DOUBT_MSEC 50

/* What the caller's process waits for. */
struct watch {
	struct container *c;
	struct relay *relay; /* NULL: no terminal */
	int signals;
	pid_t keeper; /* 0: it has ended */
	bool init_ended;
	int init_status; /* of wait(2) */
	int keeper_status;
	int fatal; /* the signal that we ended the container for, or 0 */
	int doubtful; /* a signal that init had blocked when it was sent, or 0 */
	int64_t doubt_ends; /* milliseconds */
	bool abandoned; /* nobody wants the rest of the output */
};

static int open_store(const char *option, struct store *ret, struct error *err)
{
	struct error why = { 0 };

	if (store_open(option, STORE_TRY_WRITE, ret, &why) == 0)
		return 0;
	/* A bundle elsewhere needs none. */
	if (!option)
		return 0;
	return error_move(err, &why);
}

static int open_bundle(struct container *c, const struct run_opts *opts,
		       const struct strlist *operands, struct error *err)
{
	const char *word = operands->len == 1 ? operands->items[0] : NULL;

	if (!word)
		return error_set(err, ERROR_USAGE,
				 operands->len ? "more than one operand" : "no bundle given");
	if (bundle_open(&c->store, opts->bundle ? opts->bundle : word, &c->bundle, err) < 0)
		return -1;
	c->id = opts->bundle ? word : c->bundle.id;
	if (!c->id || !state_id_is_valid(c->id))
		return error_set(err, ERROR_USAGE, "'%s' is no container ID", c->id ? c->id : "");
	c->stdin_closed = c->bundle.stdin_mode == BUNDLE_STDIN_CLOSED ||
			  (!opts->bundle && strcmp(word, "-") == 0);
	return 0;
}

/* The bundle and the ID are ours from here on: nobody else runs, updates or removes them. */
static int claim(struct container *c, const struct run_opts *opts, struct error *err)
{
	c->lock = bundle_lock(&c->bundle, err);
	if (c->lock < 0 || state_root_open(opts->run_dir, &c->store, &c->state_root, err) < 0 ||
	    state_claim(&c->state_root, c->id, &c->state, err) < 0)
		return -1;
	if (c->remove && c->store.path && c->store.writable)
		return ephemeral_set_owner(&c->store, c->bundle.id, getpid(), err);
	return 0;
}

/* What can be settled before any process of the container exists. */
static int prepare(struct container *c, struct error *err)
{
	const struct str *seccomp = &c->config.seccomp;

	if (config_read(&c->bundle, &c->config, err) < 0 ||
	    namespaces_prepare(&c->config, &c->namespaces, err) < 0 ||
	    overlay_prepare(c, err) < 0 || cgroup_prepare(c, err) < 0)
		return -1;
	if (!seccomp->len)
		return 0;
	return seccomp_filter_prepare(&c->store, seccomp->data, seccomp->len, &c->filter, err);
}

static int connect_processes(struct container *c, struct error *err)
{
	void *page = mmap(NULL, sizeof(*c->shared), PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED)
		return error_errno(err, "cannot map a page");
	c->shared = page;
	c->parent = (int)syscall(SYS_pidfd_open, getpid(), 0);
	if (c->parent < 0)
		return error_errno(err, "cannot make a pidfd");
	if ((c->config.process.terminal || c->namespaces.userns == USERNS_HELPED) &&
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, c->sync) < 0)
		return error_errno(err, "cannot make a socket pair");
	return 0;
}

static bool is_alive(const struct watch *w)
{
	return w->c->shared->init_pid > 0 && !w->init_ended;
}

static void kill_init(const struct watch *w)
{
	if (is_alive(w))
		kill(w->c->shared->init_pid, SIGKILL);
}

static bool is_termination(int number)
{
	return number == SIGHUP || number == SIGINT || number == SIGQUIT || number == SIGTERM;
}

/* End the container as the signal would have ended an ordinary process. */
static void end_by(struct watch *w, int number)
{
	w->fatal = number;
	kill_init(w);
}

/* To the first process of a pid namespace that is to end by it, unless it cares. At its start it
 * has our signal mask: what is sent then waits, and is thrown away when it is unblocked. */
static void terminate(struct watch *w, int number)
{
	pid_t pid = w->c->shared->init_pid;
	enum signal_fate fate =
		w->c->shared->init_takes_signals ? signal_fate(pid, number) : SIGNAL_LOST;

	if (fate == SIGNAL_LOST) {
		end_by(w, number);
		return;
	}
	kill(pid, number);
	/* Blocked for good by who waits for it; or for a moment, by a shell that forks. */
	if (fate == SIGNAL_BLOCKED) {
		w->doubtful = number;
		w->doubt_ends = clock_monotonic_ms() + DOUBT_MSEC;
	}
}

/* A moment later: the signal was unblocked with nobody to take it. */
static void settle_doubt(struct watch *w)
{
	if (!w->doubtful || clock_monotonic_ms() < w->doubt_ends)
		return;
	if (is_alive(w) && signal_fate(w->c->shared->init_pid, w->doubtful) == SIGNAL_LOST)
		end_by(w, w->doubtful);
	w->doubtful = 0;
}

static void pass_on(struct watch *w, int number)
{
	if (!w->c->shared->init_pid) {
		/* Nothing runs yet that it could be passed on to. */
		w->fatal = number;
		if (w->keeper)
			kill(w->keeper, SIGKILL);
	} else if (!is_alive(w)) {
		w->abandoned |= is_termination(number);
	} else if (is_termination(number) && w->c->config.namespaces.wanted[NAMESPACE_PID]) {
		terminate(w, number);
	} else {
		kill(w->c->shared->init_pid, number);
	}
}

static void reap(struct watch *w)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid == w->keeper) {
			w->keeper = 0;
			w->keeper_status = status;
			if (WIFSIGNALED(status))
				kill_init(w);
		} else if (pid == w->c->shared->init_pid) {
			w->init_ended = true;
			w->init_status = status;
		}
	}
}

/* Stop as job control wants it, with the terminal as the shell had it. */
static void stop(const struct watch *w)
{
	relay_pause(w->relay);
	raise(SIGSTOP);
	relay_resume(w->relay);
	relay_resize(w->relay);
}

static void take_signal(struct watch *w)
{
	struct signalfd_siginfo info;

	if (read(w->signals, &info, sizeof(info)) != sizeof(info))
		return;
	switch (info.ssi_signo) {
	case SIGCHLD:
		reap(w);
		break;
	case SIGCONT:
		if (w->relay)
			relay_continue(w->relay);
		break;
	case SIGTSTP:
		stop(w);
		break;
	case SIGWINCH:
		if (w->relay) {
			relay_resize(w->relay);
			break;
		}
		__attribute__((fallthrough));
	default:
		pass_on(w, (int)info.ssi_signo);
	}
}

static void wait_for_end(struct watch *w)
{
	while (w->keeper || is_alive(w)) {
		struct pollfd fds[2 + RELAY_POLLS] = { { w->signals, POLLIN, 0 },
						       { -1, POLLIN, 0 } };
		nfds_t n = 1;
		int ready;

		if (w->relay) {
			/* The terminal comes once, from init. */
			fds[1].fd = w->c->sync[0];
			relay_prepare(w->relay, fds + 2);
			n = array_size(fds);
		}
		ready = poll(fds, n, w->doubtful ? DOUBT_MSEC : -1);
		settle_doubt(w);
		if (ready <= 0)
			continue;
		if (fds[1].revents) {
			int master = fd_pass_receive(w->c->sync[0]);

			fd_close(&w->c->sync[0]);
			if (master >= 0)
				relay_start(w->relay, master);
		}
		if (w->relay)
			relay_move(w->relay, fds + 2);
		if (fds[0].revents)
			take_signal(w);
	}
}

/* The rest of what the container wrote. Whoever reads it may be slow, or never come back: signals
 * are taken meanwhile, and after one that ended the container nobody is waited for. */
static void drain(struct watch *w)
{
	while (!w->abandoned && relay_has_rest(w->relay)) {
		struct pollfd fds[] = { { w->signals, POLLIN, 0 }, { w->relay->out, POLLOUT, 0 } };

		int n = poll(fds, array_size(fds), w->fatal ? 0 : -1);

		if (n == 0)
			break;
		if (n > 0 && fds[0].revents)
			take_signal(w);
		if (n > 0 && fds[1].revents)
			relay_send(w->relay);
	}
	relay_pause(w->relay);
}

static int conclude(const struct watch *w, struct error *err)
{
	const struct container_shared *shared = w->c->shared;
	int status;

	if (w->fatal)
		return 128 + w->fatal;
	if (!shared->init_pid || (!w->init_ended && !shared->init_error.code)) {
		if (shared->keeper_error.code)
			error_move(err, &shared->keeper_error);
		else if (error_is(err, 0))
			error_set(err, ERROR_FAILED, "the keeper of the container was killed");
		return -1;
	}
	if (shared->init_error.code)
		return error_move(err, &shared->init_error);
	status = WIFSIGNALED(w->init_status) ? 128 + WTERMSIG(w->init_status)
					     : WEXITSTATUS(w->init_status);
	if (!shared->keeper_error.code)
		return status;
	/* A container that the keeper has ended has no status of its own; one that went well, and
	 * left what could not be removed, has not gone well. */
	if (shared->keeper_failed || status == 0)
		return error_move(err, &shared->keeper_error);
	message_error(&shared->keeper_error);
	return status;
}

/* Start the keeper, give it its maps. */
static int start(struct watch *w, struct error *err)
{
	struct container *c = w->c;
	int result = 0;

	w->keeper = keeper_start(c, err);
	if (w->keeper < 0) {
		w->keeper = 0;
		return -1;
	}
	fd_close(&c->sync[1]);
	if (c->namespaces.userns == USERNS_HELPED) {
		result = identity_write_maps(&c->namespaces.identity, w->keeper, err);
		if (result < 0)
			kill(w->keeper, SIGKILL);
		else if (fd_write_all(c->sync[0], "", 1) < 0 && errno != EPIPE)
			result = error_errno(err, "cannot start the keeper");
	}
	return result;
}

static int run(struct container *c, struct relay *relay, struct error *err)
{
	struct watch w = { .c = c, .relay = relay };
	autoclose int signals = -EBADF;
	int started, status;

	if (connect_processes(c, err) < 0)
		return -1;
	signals = signals_take(relay != NULL, &c->signals, err);
	if (signals < 0)
		return -1;
	w.signals = signals;
	started = start(&w, err);
	wait_for_end(&w);
	if (relay)
		drain(&w);
	status = conclude(&w, err);
	return started < 0 ? -1 : status;
}

static int run_with_terminal(struct container *c, bool record_on_stdin, struct error *err)
{
	autocleanup(relay_release) struct relay relay = { .in = -1, .out = -1, .master = -1 };
	enum relay_input input = c->stdin_closed ? RELAY_NO_INPUT : RELAY_STDIN;

	if (relay_init(&relay, record_on_stdin ? RELAY_TTY : input, err) < 0)
		return -1;
	c->window = relay_window(&relay);
	return run(c, &relay, err);
}

int run_container(const void *data, const struct strlist *operands, struct error *err)
{
	const struct run_opts *opts = data;
	autocontainer struct container c = CONTAINER_INIT;
	bool record_on_stdin =
		!opts->bundle && operands->len == 1 && strcmp(operands->items[0], "-") == 0;
	struct error cleaning = { 0 };
	int status = -1;

	c.remove = opts->remove;
	/* The keeper writes it, and works in another directory. */
	if (opts->pid_file) {
		c.pid_file = path_absolute(opts->pid_file, err);
		if (!c.pid_file)
			return -1;
	}
	if (open_store(opts->store, &c.store, err) < 0 || open_bundle(&c, opts, operands, err) < 0)
		return -1;
	if (claim(&c, opts, err) == 0 && prepare(&c, err) == 0)
		status = c.config.process.terminal ? run_with_terminal(&c, record_on_stdin, err)
						   : run(&c, NULL, err);
	/* The keeper was killed, or was never started. From outside the user namespace not all can
	 * be deleted that is the container's; the rest waits in trash/ for the next command. */
	if (!c.shared || !c.shared->cleaned)
		container_clean_up(&c, &cleaning);
	return status;
}

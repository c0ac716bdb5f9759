/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/detached.h"

#include "launch/console.h"
#include "launch/hook_runner.h"
#include "launch/idmaps.h"
#include "launch/record.h"
#include "launch/source.h"

#include "base/message.h"
#include "system/fd.h"
#include "system/process.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define FIRST_FD 3 /* behind the standard ones */

/* Make the FIFO, and open it for init: for reading and writing, so that init's read(2) blocks and sees no
 * end of file when the process that starts it has come and gone. */
static int make_fifo(struct launch *l, struct error *err)
{
	const struct state_claim *state = &l->container->state;

	if (mkfifoat(state->fd, STATE_FIFO, 0600) < 0) {
		error_errno(err, "cannot make '%s/%s'", state->path, STATE_FIFO);
		return errno == EPERM
			       ? error_hint(
					 err,
					 "this filesystem has no FIFOs: name another directory of states (--run-dir, CTNR_RUN_DIR)")
			       : -1;
	}
	l->fifo = openat(state->fd, STATE_FIFO, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	return l->fifo < 0 ? error_errno(err, "cannot open '%s/%s'", state->path, STATE_FIFO) : 0;
}

/* Init has ended, or ends at once: take the reason that it left. */
static int take_failure(const struct launch *l, struct error *err)
{
	int status = process_wait(l->page->init_pid, NULL);

	l->page->init_pid = 0;
	if (l->page->init_error.code)
		return error_move(err, &l->page->init_error);
	if (status > 128)
		return error_set(err, ERROR_FAILED, "the container was killed by signal %d",
				 status - 128);
	return error_set(err, ERROR_FAILED, "the container has ended before it was started");
}

/* The keeper ends once init exists. */
static int take_keeper(const struct launch *l, pid_t keeper, struct error *err)
{
	if (process_wait(keeper, NULL) == 0 && l->page->init_pid)
		return 0;
	if (l->page->keeper_error.code)
		return error_move(err, &l->page->keeper_error);
	return error_set(err, ERROR_FAILED, "the keeper of the container was killed");
}

static int pass_terminal(const struct launch *l, int console, struct error *err)
{
	int passed = console_pass(console, l->sync[0], err);

	return passed == 0 ? take_failure(l, err) : passed < 0 ? -1 : 0;
}

/* Init waits for nothing but our answer. */
static int await_init(const struct launch *l, struct error *err)
{
	char byte;

	return fd_read_full(l->sync[0], &byte, 1) == 1 ? 0 : take_failure(l, err);
}

/* Let init go on. With LAUNCH_DETACHED that is into the payload: its execve(2) closes the socket. */
static int answer_init(const struct launch *l, struct error *err)
{
	char byte;

	if (fd_write_all(l->sync[0], "", 1) < 0)
		return take_failure(l, err);
	if (l->mode == LAUNCH_CREATED)
		return 0;
	fd_read_full(l->sync[0], &byte, 1);
	return l->page->init_error.code ? take_failure(l, err) : 0;
}

static int accompany_init(const struct launch *l, int console, struct error *err)
{
	const struct container *c = l->container;

	if ((l->hands_sources && sources_hand_over(l, err) < 0) ||
	    (l->maps_ids && idmaps_serve(l, err) < 0))
		return -1;
	if (c->config.process.terminal && pass_terminal(l, console, err) < 0)
		return -1;
	if (await_init(l, err) < 0 || record_container(c, l->page->init_pid, false, err) < 0)
		return -1;
	return answer_init(l, err);
}

static int launch_processes(struct launch *l, int console, struct error *err)
{
	pid_t keeper = 0;

	if ((l->mode == LAUNCH_CREATED && make_fifo(l, err) < 0) || launch_connect(l, err) < 0 ||
	    hook_runner_start(l, err) < 0)
		return -1;
	if (launch_start(l, &keeper, err) < 0) {
		if (keeper)
			process_wait(keeper, NULL);
		return -1;
	}
	if (take_keeper(l, keeper, err) == 0 && accompany_init(l, console, err) == 0)
		return 0;
	/* A child that nobody has waited for, ended or not, keeps its pid. */
	if (l->page->init_pid) {
		kill(l->page->init_pid, SIGKILL);
		process_wait(l->page->init_pid, NULL);
	}
	return -1;
}

int detached_launch(const struct container *container, enum launch_mode mode, struct error *err)
{
	autostreams struct streams streams = STREAMS_INIT;
	autolaunch struct launch launch = LAUNCH_INIT(container, mode, &streams);
	autoclose int console = -EBADF;
	const struct hook_subject hooks = container_hooks(container);
	bool has_terminal = container->config.process.terminal;
	struct error cleaning = { 0 };

	streams.window = container->config.process.console_size;
	if (console_connect(container->console_socket, has_terminal, &console, err) == 0 &&
	    (has_terminal || streams_open_detached(&streams, container, err) == 0) &&
	    launch_processes(&launch, console, err) == 0) {
		if (mode == LAUNCH_DETACHED)
			hook_run_after(&hooks, HOOK_POSTSTART, launch.page->init_pid);
		return 0;
	}
	container_remove_state(container);
	hook_run_after(&hooks, HOOK_POSTSTOP, 0);
	container_remove_bundle(container, &cleaning);
	return container_status_after(-1, &cleaning, err);
}

/* Where the descriptors of init lie: behind those of the container. */
static int fifo_fd(const struct launch *l)
{
	return FIRST_FD + (int)l->container->preserve_fds;
}

static int sync_fd(const struct launch *l)
{
	return fifo_fd(l) + 1;
}

static int listener_fd(const struct launch *l)
{
	return sync_fd(l) + 1;
}

/* A descriptor, if there is one, at a number above all of their places. */
static int lift_fd(const struct launch *l, int *fd)
{
	if (*fd >= 0)
		*fd = fcntl(*fd, F_DUPFD_CLOEXEC, listener_fd(l) + 1);
	return *fd == -1 ? -1 : 0;
}

static int place_fd(int fd, int place)
{
	return fd < 0 || dup3(fd, place, O_CLOEXEC) >= 0 ? 0 : -1;
}

/* All are moved by way of numbers that are above each place. */
int detached_close_others(const struct launch *l, int *listener, struct error *err)
{
	int sync = l->sync[1];
	int fifo = l->fifo;
	int last = *listener < 0 ? sync_fd(l) : listener_fd(l);

	message_end_log();
	if (lift_fd(l, &sync) < 0 || lift_fd(l, &fifo) < 0 || lift_fd(l, listener) < 0 ||
	    place_fd(sync, sync_fd(l)) < 0 || place_fd(fifo, fifo_fd(l)) < 0 ||
	    place_fd(*listener, listener_fd(l)) < 0 || close_range((unsigned)last + 1, ~0U, 0) < 0)
		return error_errno(err, "cannot close our descriptors");
	if (*listener >= 0)
		*listener = listener_fd(l);
	return 0;
}

void detached_await_record(const struct launch *l)
{
	char byte;

	if (fd_write_all(sync_fd(l), "", 1) < 0 || fd_read_full(sync_fd(l), &byte, 1) != 1)
		_exit(ERROR_RUNTIME);
}

/* The caller's environment is not the container's, and /proc/PID/environ shows it. */
static void erase_environment(void)
{
	for (char **variable = environ; variable && *variable; variable++)
		memset(*variable, 0, strlen(*variable));
}

/* Does start wait until the payload is executed? */
static bool start_waits(const struct launch *l)
{
	const struct hooks_config *hooks = &l->container->config.hooks;

	return hooks->points[HOOK_START_CONTAINER].len || hooks->points[HOOK_POSTSTART].len;
}

/* The process is confined by now, its filter aside. From now on hooks, exec and the caller may look at its
 * namespaces in /proc, as at those of any other process of the container; others in the container may not
 * (process.c, step 4). */
void detached_await_start(const struct launch *l)
{
	char byte;

	close(sync_fd(l));
	munmap(l->page, sizeof(*l->page));
	erase_environment();
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	if (fd_read_full(fifo_fd(l), &byte, 1) != 1)
		_exit(ERROR_RUNTIME);
	if (start_waits(l))
		prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); /* the FIFO is not the container's */
	else
		close(fifo_fd(l));
}

void detached_end(const struct launch *l, const struct error *failure)
{
	message_error(failure);
	if (start_waits(l))
		fd_write_all(fifo_fd(l), failure->message, strlen(failure->message));
	_exit(failure->code);
}

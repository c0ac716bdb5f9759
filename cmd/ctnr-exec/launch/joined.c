/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/joined.h"

#include "launch/console.h"
#include "launch/joiner.h"
#include "launch/report.h"
#include "launch/signal.h"
#include "launch/watch.h"
#include "rootfs/device.h"

#include "store/state.h"
#include "system/capability.h"
#include "system/fd.h"
#include "system/lock.h"
#include "system/process.h"
#include "system/process_mark.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The names in /proc/PID/ns of what setns(2) can join. */
static const struct {
	const char *name;
	uint64_t flag;
} namespace_links[] = {
	{ "user", CLONE_NEWUSER }, { "pid", CLONE_NEWPID },       { "mnt", CLONE_NEWNS },
	{ "uts", CLONE_NEWUTS },   { "ipc", CLONE_NEWIPC },       { "net", CLONE_NEWNET },
	{ "time", CLONE_NEWTIME }, { "cgroup", CLONE_NEWCGROUP },
};

void joined_release(struct joined *joined)
{
	if (!joined)
		return;
	fd_close(&joined->init);
	fd_close(&joined->root);
	joined->namespaces = 0;
}

static int not_running_error(const char *id, struct error *err)
{
	return error_set(err, ERROR_FAILED, "'%s': container not running", id);
}

int joined_check(const struct joined *j, struct error *err)
{
	struct pollfd end = { .fd = j->init, .events = POLLIN };

	return poll(&end, 1, 0) == 0 ? 0 : not_running_error(j->id, err);
}

/* ns and own_ns: /proc/PID/ns of the container's process and of this one. */
static int compare_namespaces(struct joined *j, int ns, int own_ns, struct error *err)
{
	for (size_t i = 0; i < array_size(namespace_links); i++) {
		const char *name = namespace_links[i].name;
		struct stat st, own;

		/* The kernel may have been built without that type. */
		if (fstatat(own_ns, name, &own, 0) < 0 && errno == ENOENT)
			continue;
		if (fstatat(ns, name, &st, 0) < 0)
			return error_errno(err, "cannot look at the %s namespace", name);
		if (st.st_ino != own.st_ino)
			j->namespaces |= namespace_links[i].flag;
	}
	return 0;
}

/* proc_pid_stat(5), flags: PF_FORKNOEXEC. A process that was not executed since its clone is still ours. */
#define FLAG_NOT_EXECUTED 0x40U

/* Is the first process the container's by now? Until then it makes the root filesystem, and its root may be
 * the host's. process: its directory in /proc. 1, 0, or -1. */
static int is_executed(int process, struct error *err)
{
	autoclose int fd = openat(process, "stat", O_RDONLY | O_CLOEXEC);
	char text[1024];
	ssize_t len = fd < 0 ? -1 : fd_read_full(fd, text, sizeof(text) - 1);
	const char *fields;
	unsigned flags;

	if (len < 0)
		return error_errno(err, "cannot read what the first process does");
	text[len] = '\0';
	fields = strrchr(text, ')');
	if (!fields || sscanf(fields, ") %*c %*d %*d %*d %*d %*d %u", &flags) != 1)
		return error_set(err, ERROR_FAILED, "cannot tell what the first process does");
	return !(flags & FLAG_NOT_EXECUTED);
}

/* Look at the first process by its directory in /proc, which is the process's as long as that lives. Where it
 * cannot be joined yet, j->root stays empty. */
static int look_at_process(struct joined *j, const struct state *state, struct error *err)
{
	autoclose int own_ns = open("/proc/self/ns", O_PATH | O_DIRECTORY | O_CLOEXEC);
	autoclose int process = -EBADF;
	autoclose int ns = -EBADF;
	char path[32];
	int executed;

	snprintf(path, sizeof(path), "/proc/%d", (int)state->pid);
	process = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (own_ns < 0 || process < 0)
		return error_errno(err, "cannot open '%s'", path);
	executed = is_executed(process, err);
	if (executed < 0 || (!executed && state->status != STATE_CREATED))
		return executed;
	ns = openat(process, "ns", O_PATH | O_DIRECTORY | O_CLOEXEC);
	j->root = openat(process, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (ns < 0 || j->root < 0)
		return error_errno(err, "cannot open '%s/root'", path);
	return compare_namespaces(j, ns, own_ns, err);
}

/* Returns 1, or 0 for a container that cannot be joined yet. */
static int try_to_open(int states, struct joined *j, struct error *err)
{
	struct error cause = { 0 };
	struct state state;
	int looked;

	if (state_read(states, j->id, &state, err) < 0)
		return -1;
	if (state.status == STATE_CREATING)
		return 0;
	j->init = process_mark_open(state.mark);
	if (j->init < 0 && errno == EXDEV)
		return error_set(err, ERROR_FAILED, "container '%s' runs in another pid namespace",
				 j->id);
	if (j->init < 0)
		return errno == ESRCH ? not_running_error(j->id, err)
				      : error_errno(err, "cannot open container '%s'", j->id);
	looked = look_at_process(j, &state, &cause);
	if (joined_check(j, err) < 0)
		return -1;
	if (looked == 0)
		return j->root >= 0;
	/* The last that a process does before it waits for its start is to let itself be looked at. */
	if (state.status == STATE_CREATED && cause.saved_errno == EACCES)
		return 0;
	/* A process at its end loses these before the pidfd shows that. */
	if (cause.saved_errno == ENOENT || cause.saved_errno == ESRCH)
		return not_running_error(j->id, err);
	error_move(err, &cause);
	return error_prefix(err, "container '%s'", j->id);
}

int joined_open(int states, const char *id, struct joined *ret, struct error *err)
{
	unsigned int tries = 0;
	int opened;

	ret->id = id;
	while ((opened = try_to_open(states, ret, err)) == 0) {
		joined_release(ret);
		if (!lock_pause(&tries))
			return state_busy_error(id, err);
	}
	return opened < 0 ? -1 : 0;
}

/* A process that outlives its caller gets the caller's null device where there would be a terminal; one
 * without a user namespace could change its mode and owner. */
static int replace_null(struct streams *s, const bool is_null[STREAMS_MAX], struct error *err)
{
	autoclose int null = -EBADF;

	for (int fd = STDIN_FILENO; fd < STREAMS_MAX; fd++) {
		if (!is_null[fd])
			continue;
		if (null < 0)
			null = capability_has(CAP_SYS_ADMIN)
				       ? device_open_host_null(err)
				       : open("/dev/null", O_RDWR | O_CLOEXEC);
		if (null < 0)
			return error_is(err, 0) ? error_errno(err, "cannot open '/dev/null'") : -1;
		s->inside[fd] = fcntl(null, F_DUPFD_CLOEXEC, STREAMS_MAX);
		if (s->inside[fd] < 0)
			return error_errno(err, "cannot use the null device as fd %d", fd);
	}
	return 0;
}

static int open_streams(struct streams *s, const struct container *c, enum launch_mode mode,
			struct error *err)
{
	bool is_detached = mode == LAUNCH_DETACHED;

	if (c->config.process.terminal && is_detached) {
		s->window = c->config.process.console_size;
		return 0;
	}
	if (c->config.process.terminal)
		return streams_open_terminal(s, c, TERMINAL_STDIN, err);
	if ((is_detached ? streams_open_detached(s, c, err) : streams_open(s, c, err)) < 0)
		return -1;
	return replace_null(s, s->is_null, err);
}

static int pass_terminal(const struct launch *l, int console, struct error *err)
{
	int passed = console_pass(console, l->sync[0], err);

	if (passed == 0)
		return error_set(err, ERROR_FAILED,
				 "the process was killed before it had a terminal");
	return passed < 0 ? -1 : 0;
}

/* Wait until the command was executed, which closes the socket, and report it. */
static int see_off(const struct launch *l, int console, struct error *err)
{
	int passed = 0;
	char byte;

	if (l->container->config.process.terminal)
		passed = pass_terminal(l, console, err);
	if (passed == 0)
		fd_read_full(l->sync[0], &byte, 1);
	if (l->page->init_error.code)
		return error_move(err, &l->page->init_error);
	return passed < 0 ? -1 : report_process(l->container, l->page->init_pid, err);
}

static int leave_process(struct launch *l, const struct joined *j, struct error *err)
{
	const struct container *c = l->container;
	autoclose int console = -EBADF;
	pid_t joiner;

	if (console_connect(c->console_socket, c->config.process.terminal, &console, err) < 0)
		return -1;
	joiner = joiner_start(l, j, err);
	if (joiner < 0)
		return -1;
	process_wait(joiner, NULL);
	if (!l->page->init_pid)
		return l->page->keeper_error.code
			       ? error_move(err, &l->page->keeper_error)
			       : error_set(err, ERROR_FAILED, "the joining process was killed");
	if (see_off(l, console, err) == 0)
		return 0;
	kill(l->page->init_pid, SIGKILL);
	process_wait(l->page->init_pid, NULL);
	return -1;
}

/* A process that cannot be reported is ended, and nobody waits for its output. */
static int report_early(struct watch *w, struct error *err)
{
	const struct container *c = w->launch->container;
	pid_t *pid = &w->launch->page->init_pid;

	if (!c->pid_file && !c->pidfd_socket)
		return 0;
	process_wait(w->keeper, NULL);
	w->keeper = 0;
	if (!*pid || report_process(c, *pid, err) == 0)
		return 0;
	kill(*pid, SIGKILL);
	return -1;
}

static int watch_process(struct launch *l, const struct joined *j, struct error *err)
{
	struct watch watch = { .launch = l, .container = j->init };
	autoclose int signals = signals_take(l->streams->has_terminal, err);
	struct error lost = { 0 };
	int reported, status;

	if (signals < 0)
		return -1;
	watch.signals = signals;
	watch.keeper = joiner_start(l, j, err);
	if (watch.keeper < 0)
		return -1;
	reported = report_early(&watch, err);
	watch_until_end(&watch);
	if (reported < 0)
		return -1;
	status = watch_status(&watch, err);
	streams_check_output(l->streams, &lost);
	return container_status_after(status, &lost, err);
}

int joined_launch(const struct container *c, const struct joined *joined, enum launch_mode mode,
		  struct error *err)
{
	autostreams struct streams streams = STREAMS_INIT;
	autolaunch struct launch launch = LAUNCH_INIT(c, mode, &streams);

	if (open_streams(&streams, c, mode, err) < 0 || launch_connect(&launch, err) < 0)
		return -1;
	return mode == LAUNCH_DETACHED ? leave_process(&launch, joined, err)
				       : watch_process(&launch, joined, err);
}

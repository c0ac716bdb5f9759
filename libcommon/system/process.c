/* SPDX-License-Identifier: Apache-2.0 */
#include "system/process.h"

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/str.h"
#include "system/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define DRAIN_CHUNK 65536 /* bytes: what a pipe holds */
#define DRAIN_CHUNKS 32 /* at a time: what a pipe can be made to hold, twice */

extern char **environ;

static void destroy_actions(posix_spawn_file_actions_t *actions)
{
	posix_spawn_file_actions_destroy(actions);
}

static void destroy_attributes(posix_spawnattr_t *attributes)
{
	posix_spawnattr_destroy(attributes);
}

/* A program to start: what posix_spawn(3) wants to know. */
struct program {
	const char *path;
	char *const *argv;
	char *const *env;
	const int *stdio; /* three: what becomes fd 0, 1, 2; -1 keeps ours */
	bool unblocks_signals;
	bool leads_group;
};

static pid_t spawn_program(const struct program *program, struct error *err)
{
	autocleanup(destroy_actions) posix_spawn_file_actions_t actions;
	autocleanup(destroy_attributes) posix_spawnattr_t attributes;
	sigset_t defaults, none;
	short flags = POSIX_SPAWN_SETSIGDEF;
	pid_t pid;
	int number;

	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attributes);
	/* SIGPIPE is ignored in our tools, SIGXFSZ in some; programs expect the default. */
	sigemptyset(&defaults);
	sigaddset(&defaults, SIGPIPE);
	sigaddset(&defaults, SIGXFSZ);
	posix_spawnattr_setsigdefault(&attributes, &defaults);
	sigemptyset(&none);
	posix_spawnattr_setsigmask(&attributes, &none);
	if (program->unblocks_signals)
		flags |= POSIX_SPAWN_SETSIGMASK;
	if (program->leads_group)
		flags |= POSIX_SPAWN_SETPGROUP;
	posix_spawnattr_setflags(&attributes, flags);
	for (int i = 0; i < 3; i++)
		if (program->stdio[i] >= 0)
			posix_spawn_file_actions_adddup2(&actions, program->stdio[i], i);
	number = posix_spawn(&pid, program->path, &actions, &attributes, program->argv,
			     program->env);
	if (number) {
		errno = number;
		error_errno(err, "cannot execute '%s'", program->path);
		return number == ENOENT ? error_recode(err, ERROR_NOT_FOUND) : -1;
	}
	return pid;
}

pid_t process_spawn(char *const *argv, const int stdio[3], struct error *err)
{
	const struct program program = {
		.path = argv[0], .argv = argv, .env = environ, .stdio = stdio
	};

	return spawn_program(&program, err);
}

int process_wait(pid_t pid, struct error *err)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return error_errno(err, "cannot wait for process %d", (int)pid);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static int make_stdin(const void *data, size_t len, struct error *err)
{
	autoclose int fd = memfd_create("stdin", MFD_CLOEXEC);

	if (fd < 0 || fd_write_all(fd, data, len) < 0 || lseek(fd, 0, SEEK_SET) < 0)
		return error_errno(err, "cannot make a file in memory");
	return fd_steal(&fd);
}

/* A pipe that the program writes into. */
struct channel {
	int inner; /* the program's end */
	int outer; /* ours, not blocking; -EBADF: there is none, or nothing more comes */
	struct str *text; /* borrowed; what was read is appended */
	size_t start; /* of what was read, in text */
	size_t max; /* bytes */
	bool keeps_end; /* what is more than max is dropped from its beginning; else it is an error */
};

#define CHANNEL_INIT(text, max, keeps_end) \
	{ \
		-EBADF, -EBADF, text, (text)->len, max, keeps_end \
	}

static void channel_release(struct channel *channel)
{
	fd_close(&channel->inner);
	fd_close(&channel->outer);
}
#define autochannel autocleanup(channel_release)

static int open_channel(struct channel *channel, struct error *err)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_errno(err, "cannot make a pipe");
	channel->outer = ends[0];
	channel->inner = ends[1];
	if (fcntl(channel->outer, F_SETFL, O_NONBLOCK) < 0)
		return error_errno(err, "cannot set up a pipe");
	return 0;
}

static void keep_end(struct channel *channel)
{
	struct str *text = channel->text;

	memmove(text->data + channel->start, text->data + text->len - channel->max, channel->max);
	text->len = channel->start + channel->max;
	text->data[text->len] = '\0';
}

/* Read what is there now, or much of it. */
static int drain_channel(struct channel *channel, struct error *err)
{
	struct str *text = channel->text;

	for (int i = 0; i < DRAIN_CHUNKS && channel->outer >= 0; i++) {
		ssize_t n;

		str_reserve(text, DRAIN_CHUNK);
		n = read(channel->outer, text->data + text->len, DRAIN_CHUNK);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN ? 0 : error_errno(err, "cannot read its output");
		if (n == 0)
			fd_close(&channel->outer);
		text->len += (size_t)n;
		text->data[text->len] = '\0';
		if (text->len - channel->start <= channel->max)
			continue;
		if (!channel->keeps_end)
			return error_set(err, ERROR_FAILED, "its output is longer than %zu bytes",
					 channel->max);
		keep_end(channel);
	}
	return 0;
}

/* How long to wait for the next event: for poll(2). */
static int milliseconds_left(unsigned timeout_ms, int64_t deadline, int64_t now)
{
	if (!timeout_ms)
		return -1;
	if (now >= deadline)
		return 0;
	return deadline - now < INT_MAX ? (int)(deadline - now) : INT_MAX;
}

/* Until the program has ended, and then what it left in the pipes. */
static int collect_output(const struct process_exchange *x, int pidfd, struct channel *out,
			  struct channel *tail, struct error *err)
{
	int64_t deadline = clock_monotonic_ms() + x->timeout_ms;

	for (;;) {
		int left = milliseconds_left(x->timeout_ms, deadline, clock_monotonic_ms());
		struct pollfd events[] = { { pidfd, POLLIN, 0 },
					   { out->outer, POLLIN, 0 },
					   { tail->outer, POLLIN, 0 },
					   { x->stop ? *x->stop : -1, POLLIN, 0 } };
		int n = poll(events, array_size(events), left);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_errno(err, "cannot wait for it");
		if (drain_channel(out, err) < 0 || drain_channel(tail, err) < 0)
			return -1;
		if (events[0].revents)
			return 0;
		if (events[3].revents)
			return error_set(err, ERROR_FAILED, "it was stopped");
		/* A program that never stops writing leaves no poll(2) without an event. */
		if (left == 0)
			return error_set(err, ERROR_TEMPORARY, "it took longer than %u ms",
					 x->timeout_ms);
	}
}

/* Our child, not waited for: the pid is its own. It may have left its group. */
static void kill_program(const struct process_exchange *x, pid_t pid)
{
	if (x->leads_group)
		kill(-pid, SIGKILL);
	kill(pid, SIGKILL);
}

/* Wait for a program that was started. */
static int finish_exchange(const struct process_exchange *x, pid_t pid, struct channel *out,
			   struct channel *tail, struct error *err)
{
	autoclose int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	int collected = pidfd < 0 ? error_errno(err, "cannot watch it")
				  : collect_output(x, pidfd, out, tail, err);
	int status;

	if (collected < 0)
		kill_program(x, pid);
	status = process_wait(pid, collected < 0 ? NULL : err);
	return collected < 0 ? -1 : status;
}

int process_exchange(const struct process_exchange *x, struct str *out, struct error *err)
{
	const char *path = x->path ? x->path : x->argv[0];
	autostr struct str dropped = STR_INIT;
	struct str *text = out ? out : &dropped;
	struct str *tail_text = x->tail ? x->tail : &dropped;
	autochannel struct channel answer = CHANNEL_INIT(text, out ? x->out_max : 0, !out);
	autochannel struct channel tail = CHANNEL_INIT(tail_text, PROCESS_TAIL_MAX, true);
	autoclose int in = make_stdin(x->in, x->in_len, err);
	pid_t pid;
	int status;

	if (in < 0 || open_channel(&answer, err) < 0 || (x->tail && open_channel(&tail, err) < 0))
		return -1;
	pid = spawn_program(
		&(const struct program) { .path = path,
					  .argv = x->argv,
					  .env = x->env ? x->env : environ,
					  .stdio = (const int[]) { in, answer.inner, tail.inner },
					  .unblocks_signals = true,
					  .leads_group = x->leads_group },
		err);
	if (pid < 0)
		return -1;
	fd_close(&answer.inner);
	fd_close(&tail.inner);
	status = finish_exchange(x, pid, &answer, &tail, err);
	return status < 0 ? error_prefix(err, "%s", path) : status;
}

static _Noreturn void call_in_child(int (*work)(void *data, struct error *err), void *data,
				    int report)
{
	struct error failure = { 0 };

	if (work(data, &failure) == 0)
		_exit(0);
	_exit(fd_write_all(report, &failure, sizeof(failure)) < 0 ? 2 : 1);
}

int process_call(int (*work)(void *data, struct error *err), void *data, struct error *err)
{
	struct error failure;
	int report[2];
	ssize_t got;
	pid_t child;
	int status;

	if (pipe2(report, O_CLOEXEC) < 0)
		return error_errno(err, "cannot make a pipe");
	autoclose int report_read = report[0];
	autoclose int report_write = report[1];

	child = fork();
	if (child < 0)
		return error_errno(err, "cannot fork");
	if (child == 0)
		call_in_child(work, data, report_write);
	fd_close(&report_write);
	got = fd_read_full(report_read, &failure, sizeof(failure));
	status = process_wait(child, err);
	if (status <= 0)
		return status;
	if (got != sizeof(failure))
		return error_set(err, ERROR_FAILED, "the child process ended with status %d",
				 status);
	return error_move(err, &failure);
}

void process_die_with_parent(pid_t parent)
{
	struct pollfd end = { .fd = STDOUT_FILENO };

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (parent > 0 ? getppid() != parent : poll(&end, 1, 0) > 0 && (end.revents & POLLERR))
		_exit(ERROR_FAILED);
}

/* The directory of the running executable, new. */
static char *own_directory(struct error *err)
{
	char self[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *slash;

	if (len < 0) {
		error_errno(err, "cannot read /proc/self/exe");
		return NULL;
	}
	self[len] = '\0';
	slash = strrchr(self, '/');
	if (slash)
		*slash = '\0';
	return xstrdup(self);
}

char *process_libexec(const char *name, struct error *err)
{
	autofree char *self = own_directory(err);
	autofree char *path = NULL;

	if (!self)
		return NULL;
	path = xasprintf("%s/../libexec/ctnr/%s", self, name);
	if (access(path, X_OK) == 0)
		return steal(&path);
	free(path);
	path = xasprintf("%s/%s", self, name);
	if (access(path, X_OK) == 0)
		return steal(&path);
	error_set(err, ERROR_FAILED, "cannot find '%s' beside '%s'", name, self);
	error_hint(err, "the installation is incomplete: run make install again");
	return NULL;
}

char *process_share(const char *name, struct error *err)
{
	autofree char *self = own_directory(err);
	autofree char *path = self ? xasprintf("%s/../share/ctnr/%s", self, name) : NULL;
	char *found = path ? realpath(path, NULL) : NULL;

	if (path && !found)
		error_errno(err, "cannot find '%s'", path);
	return found;
}

char *process_find(const char *name)
{
	const char *path = getenv("PATH");

	if (!path || !*path)
		path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
	while (*path) {
		size_t len = strcspn(path, ":");
		autofree char *full = NULL;

		/* Relative and empty entries mean the present directory: never. */
		if (len && *path == '/') {
			full = xasprintf("%.*s/%s", (int)len, path, name);
			if (access(full, X_OK) == 0)
				return steal(&full);
		}
		path += len;
		path += *path == ':';
	}
	return NULL;
}

char *process_find_system(const char *name)
{
	autofree char *path = xasprintf("/usr/bin/%s", name);

	return access(path, F_OK) == 0 ? steal(&path) : process_find(name);
}

pid_t process_spawn_helper(const char *name, const char *text, int *ret_output, struct error *err)
{
	autofree char *path = process_libexec(name, err);
	autoclose int text_out = -EBADF;
	autoclose int text_in = -EBADF;
	autoclose int output_out = -EBADF;
	autoclose int output_in = -EBADF;
	pid_t pid;
	int ends[2];

	if (!path)
		return -1;
	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_errno(err, "cannot make a pipe");
	text_out = ends[0];
	text_in = ends[1];
	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_errno(err, "cannot make a pipe");
	output_out = ends[0];
	output_in = ends[1];
	pid = process_spawn((char *const[]) { path, NULL },
			    (const int[]) { text_out, output_in, -1 }, err);
	if (pid < 0)
		return -1;
	fd_close(&text_out);
	/* Writing fails when the program has ended already. */
	fd_write_all(text_in, text, strlen(text));
	*ret_output = fd_steal(&output_out);
	return pid;
}

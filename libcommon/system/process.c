/* SPDX-License-Identifier: Apache-2.0 */
#include "system/process.h"

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "system/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static void destroy_actions(posix_spawn_file_actions_t *actions)
{
	posix_spawn_file_actions_destroy(actions);
}

static void destroy_attributes(posix_spawnattr_t *attributes)
{
	posix_spawnattr_destroy(attributes);
}

pid_t process_spawn(char *const *argv, const int stdio[3], struct error *err)
{
	autocleanup(destroy_actions) posix_spawn_file_actions_t actions;
	autocleanup(destroy_attributes) posix_spawnattr_t attributes;
	sigset_t defaults;
	pid_t pid;
	int number;

	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attributes);
	/* SIGPIPE is ignored in our tools; programs expect the default. */
	sigemptyset(&defaults);
	sigaddset(&defaults, SIGPIPE);
	posix_spawnattr_setsigdefault(&attributes, &defaults);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
	for (int i = 0; i < 3; i++)
		if (stdio[i] >= 0)
			posix_spawn_file_actions_adddup2(&actions, stdio[i], i);
	number = posix_spawn(&pid, argv[0], &actions, &attributes, argv, environ);
	if (number) {
		errno = number;
		error_errno(err, "cannot execute '%s'", argv[0]);
		return number == ENOENT ? error_recode(err, ERROR_NOT_FOUND) : -1;
	}
	return pid;
}

int process_wait(pid_t pid, struct error *err)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return error_errno(err, "cannot wait for process %d", (int)pid);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
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

char *process_libexec(const char *name, struct error *err)
{
	char self[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	autofree char *path = NULL;
	char *slash;

	if (len < 0) {
		error_errno(err, "cannot read /proc/self/exe");
		return NULL;
	}
	self[len] = '\0';
	slash = strrchr(self, '/');
	if (slash)
		*slash = '\0';
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

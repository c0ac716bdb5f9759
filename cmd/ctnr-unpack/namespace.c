/* SPDX-License-Identifier: Apache-2.0 */
#include "namespace.h"

#include "system/fd.h"
#include "system/process.h"

#include <fcntl.h>
#include <unistd.h>

static void child(const struct identity *identity, int (*work)(void *data, struct error *err),
		  void *data, int report)
{
	struct error failure = { 0 };

	if (identity_enter(identity, &failure) == 0 && work(data, &failure) == 0)
		_exit(0);
	fd_write_all(report, &failure, sizeof(failure));
	_exit(1);
}

int namespace_run(const struct identity *identity, int (*work)(void *data, struct error *err),
		  void *data, struct error *err)
{
	struct error failure = { 0 };
	int ends[2];
	ssize_t len;
	pid_t pid;

	if (identity->rung == IDENTITY_PRIVILEGED)
		return work(data, err);
	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_errno(err, "cannot make a pipe");
	pid = fork();
	if (pid == 0)
		child(identity, work, data, ends[1]);
	close(ends[1]);
	len = pid < 0 ? 0 : fd_read_full(ends[0], &failure, sizeof(failure));
	close(ends[0]);
	if (pid < 0)
		return error_errno(err, "cannot fork");
	if (process_wait(pid, err) == 0)
		return 0;
	if (len != sizeof(failure))
		return error_set(err, ERROR_FAILED, "work in the user namespace was interrupted");
	return error_move(err, &failure);
}

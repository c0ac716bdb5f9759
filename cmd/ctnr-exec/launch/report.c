/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/report.h"

#include "base/alloc.h"
#include "base/output.h"
#include "system/fd.h"
#include "system/fd_pass.h"
#include "system/path.h"
#include "system/socket.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A pid file takes the place of what has its name. That may be an older one, but no device, FIFO or
 * descriptor ("/dev/null", "/dev/stdout"): root would replace the machine's own. */
static int check_pid_file(const char *path, struct error *err)
{
	autoclose int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	autoclose int fd = path_open(root, path, O_PATH, 0, PATH_IN_ROOT);
	struct stat st;

	if (fd < 0 && errno != ELOOP)
		return 0;
	if (fd >= 0 && fstat(fd, &st) == 0 && (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode)))
		return 0;
	return error_set(err, ERROR_FAILED, "'%s' is there and is no regular file", path);
}

static int write_pid_file(const char *path, pid_t pid, struct error *err)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%d", (int)pid);
	autofree char *name = NULL;
	autoclose int dir = -EBADF;

	if (check_pid_file(path, err) < 0)
		return error_prefix(err, "option --pid-file");
	dir = output_open_directory(path, &name, err);
	if (dir < 0 || file_write_at(dir, name, text, (size_t)len, 0644, FILE_NO_SYNC, err) < 0)
		return error_prefix(err, "option --pid-file: '%s'", path);
	return 0;
}

static int send_pidfd(const char *path, pid_t pid, struct error *err)
{
	autoclose int connection = socket_connect_at(AT_FDCWD, path, err);
	autoclose int pidfd = -EBADF;

	if (connection < 0)
		return error_prefix(err, "option --pidfd-socket");
	pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (pidfd < 0 || fd_pass_send(connection, pidfd) < 0)
		return error_errno(err, "option --pidfd-socket: cannot send to '%s'", path);
	return 0;
}

int report_process(const struct container *c, pid_t pid, struct error *err)
{
	if (c->pid_file && write_pid_file(c->pid_file, pid, err) < 0)
		return -1;
	return c->pidfd_socket ? send_pidfd(c->pidfd_socket, pid, err) : 0;
}

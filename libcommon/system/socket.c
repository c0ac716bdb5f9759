/* SPDX-License-Identifier: Apache-2.0 */
#include "system/socket.h"

#include "system/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#define PATIENCE_SECONDS 10

int socket_connect_at(int dirfd, const char *path, struct error *err)
{
	const struct timeval patience = { .tv_sec = PATIENCE_SECONDS };
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	autoclose int file = openat(dirfd, path, O_PATH | O_CLOEXEC);
	autoclose int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct stat st;

	if (file < 0 || fstat(file, &st) < 0)
		return error_errno(err, "cannot open '%s'", path);
	if (!S_ISSOCK(st.st_mode))
		return error_set(err, ERROR_FAILED, "'%s' is no socket", path);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience)) < 0)
		return error_errno(err, "cannot make a socket");
	/* An address has room for 107 characters. */
	snprintf(address.sun_path, sizeof(address.sun_path), "/proc/self/fd/%d", file);
	if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0)
		return fd_steal(&fd);
	if (errno == EAGAIN)
		errno = ETIMEDOUT;
	return error_errno(err, "cannot connect to '%s'", path);
}

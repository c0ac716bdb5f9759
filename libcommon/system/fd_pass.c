/* SPDX-License-Identifier: Apache-2.0 */
#include "system/fd_pass.h"

#include "base/alloc.h"
#include "system/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

/* Room for the control message of one descriptor, aligned as the kernel wants it. */
union control {
	char buffer[CMSG_SPACE(sizeof(int))];
	struct cmsghdr align;
};

int fd_pass_send(int socket, int fd)
{
	union control control = { 0 };
	struct iovec byte = { (char[]) { 'f' }, 1 };
	struct msghdr message = { .msg_iov = &byte,
				  .msg_iovlen = 1,
				  .msg_control = control.buffer,
				  .msg_controllen = sizeof(control.buffer) };
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(header), &fd, sizeof(int));
	return sendmsg(socket, &message, MSG_NOSIGNAL) < 0 ? -1 : 0;
}

/* A message may bring more descriptors than one: the alignment of the buffer leaves room for them. */
static void close_passed(struct msghdr *message)
{
	for (struct cmsghdr *h = CMSG_FIRSTHDR(message); h; h = CMSG_NXTHDR(message, h)) {
		size_t n = (h->cmsg_len - CMSG_LEN(0)) / sizeof(int);

		if (h->cmsg_level != SOL_SOCKET || h->cmsg_type != SCM_RIGHTS)
			continue;
		for (size_t i = 0; i < n; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(h) + i * sizeof(int), sizeof(int));
			close(fd);
		}
	}
}

int fd_pass_receive(int socket)
{
	union control control = { 0 };
	char byte;
	struct iovec data = { &byte, 1 };
	struct msghdr message = { .msg_iov = &data,
				  .msg_iovlen = 1,
				  .msg_control = control.buffer,
				  .msg_controllen = sizeof(control.buffer) };
	ssize_t len = recvmsg(socket, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
	struct cmsghdr *header;
	int fd;

	if (len <= 0) {
		errno = len < 0 ? errno : EPIPE;
		return -1;
	}
	header = CMSG_FIRSTHDR(&message);
	if (!header || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS ||
	    header->cmsg_len != CMSG_LEN(sizeof(int))) {
		close_passed(&message);
		errno = EPROTO;
		return -1;
	}
	memcpy(&fd, CMSG_DATA(header), sizeof(int));
	return fd;
}

/* The address of a socket. A path that is too long for one goes by the descriptor of its directory, which
 * is opened for that: *ret_dir. */
static int make_address(const char *path, struct sockaddr_un *ret, int *ret_dir)
{
	const char *slash = strrchr(path, '/');
	autofree char *parent = NULL;
	int len;

	ret->sun_family = AF_UNIX;
	if (strlen(path) < sizeof(ret->sun_path)) {
		memcpy(ret->sun_path, path, strlen(path) + 1);
		return 0;
	}
	parent = slash ? xstrndup(path, (size_t)(slash - path) + 1) : xstrdup(".");
	*ret_dir = open(parent, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (*ret_dir < 0)
		return -1;
	len = snprintf(ret->sun_path, sizeof(ret->sun_path), "/proc/self/fd/%d/%s", *ret_dir,
		       slash ? slash + 1 : path);
	if (len < (int)sizeof(ret->sun_path))
		return 0;
	errno = ENAMETOOLONG;
	return -1;
}

int fd_pass_connect(const char *path, struct error *err)
{
	struct sockaddr_un address = { 0 };
	autoclose int dir = -EBADF;
	autoclose int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || make_address(path, &address, &dir) < 0 ||
	    connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		return error_errno(err, "cannot connect to socket '%s'", path);
	return fd_steal(&fd);
}

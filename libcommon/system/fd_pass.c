/* SPDX-License-Identifier: Apache-2.0 */
#include "system/fd_pass.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

/* Room for the control message of one descriptor, aligned as the kernel wants it. */
union control {
	char buffer[CMSG_SPACE(sizeof(int))];
	struct cmsghdr align;
};

/* Returns how many bytes were sent. */
static ssize_t send_first(int socket, int fd, const char *data, size_t len)
{
	union control control = { 0 };
	struct iovec bytes = { (char *)(uintptr_t)data, len };
	struct msghdr message = { .msg_iov = &bytes,
				  .msg_iovlen = 1,
				  .msg_control = control.buffer,
				  .msg_controllen = sizeof(control.buffer) };
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(header), &fd, sizeof(int));
	return sendmsg(socket, &message, MSG_NOSIGNAL);
}

int fd_pass_send_with(int socket, int fd, const void *data, size_t len)
{
	const char *bytes = data;
	ssize_t sent = send_first(socket, fd, bytes, len);

	for (size_t done = 0; sent >= 0;
	     sent = send(socket, bytes + done, len - done, MSG_NOSIGNAL)) {
		done += (size_t)sent;
		if (done == len)
			return 0;
	}
	return -1;
}

int fd_pass_send(int socket, int fd)
{
	return fd_pass_send_with(socket, fd, "f", 1);
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

/* SPDX-License-Identifier: Apache-2.0 */
/* Descriptors from one process to another. */
#include "tap.h"

#include "base/cleanup.h"
#include "system/fd.h"
#include "system/fd_pass.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static int ends[2];

/* The number that the next descriptor gets: another one when one was left open. */
static int next_number(void)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	close(fd);
	return fd;
}

/* Send the same descriptor several times in one message. */
static void send_many(int fd, size_t n)
{
	union {
		char buffer[CMSG_SPACE(4 * sizeof(int))];
		struct cmsghdr align;
	} control = { 0 };
	struct iovec byte = { (char[]) { 'f' }, 1 };
	struct msghdr message = { .msg_iov = &byte,
				  .msg_iovlen = 1,
				  .msg_control = control.buffer,
				  .msg_controllen = CMSG_SPACE(n * sizeof(int)) };
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(n * sizeof(int));
	for (size_t i = 0; i < n; i++)
		memcpy(CMSG_DATA(header) + i * sizeof(int), &fd, sizeof(int));
	sendmsg(ends[0], &message, 0);
}

static void is_refused(const char *title)
{
	int before = next_number();

	errno = 0;
	ok(fd_pass_receive(ends[1]) < 0 && errno == EPROTO, title);
	is_int(next_number(), before, "... and nothing of it stays open");
}

/* A descriptor comes with the first byte of a text, and the rest of the text behind it. */
static void check_text(int fd)
{
	autoclose int got = -EBADF;
	char text[8] = "";

	ok(fd_pass_send_with(ends[0], fd, "text", 4) == 0, "a descriptor is sent with a text");
	got = fd_pass_receive(ends[1]);
	ok(got >= 0 && recv(ends[1], text, sizeof(text), 0) == 3, "... at its beginning");
	is_str(text, "ext", "... which arrives whole");
}

int main(void)
{
	autoclose int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	autoclose int got = -EBADF;
	struct stat sent;
	struct stat received;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		return EXIT_FAILURE;
	ok(fd_pass_receive(ends[1]) < 0 && errno == EAGAIN, "receiving does not wait");
	ok(fd_pass_send(ends[0], fd) == 0, "a descriptor is sent");
	got = fd_pass_receive(ends[1]);
	ok(fstat(fd, &sent) == 0 && fstat(got, &received) == 0 && sent.st_ino == received.st_ino,
	   "... and received");
	is_int(fcntl(got, F_GETFD), FD_CLOEXEC, "... and closed by execve(2)");
	send(ends[0], "x", 1, 0);
	is_refused("a byte without a descriptor is refused");
	send_many(fd, 2);
	is_refused("two descriptors at once are refused");
	send_many(fd, 4);
	is_refused("more than there is room for are refused");
	check_text(fd);
	close(ends[0]);
	ok(fd_pass_receive(ends[1]) < 0 && errno == EPIPE, "the end of the other side is told");
	return done_testing();
}

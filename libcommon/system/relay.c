/* SPDX-License-Identifier: Apache-2.0 */
#include "system/relay.h"

#include "base/alloc.h"
#include "base/cleanup.h"
#include "system/fd.h"
#include "system/path.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

int relay_borrow(int fd, int mode)
{
	char path[PATH_PROC_FD_MAX];
	struct stat st;
	int again = -1;

	/* A file has a position, and sockets cannot be opened. */
	if (fstat(fd, &st) == 0 && (S_ISCHR(st.st_mode) || S_ISFIFO(st.st_mode)))
		again = open(path_proc_fd(fd, path), mode | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	return again >= 0 ? again : fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
}

/* A pipe that is ready takes PIPE_BUF bytes without waiting, and so does a terminal. */
static size_t find_chunk(int to)
{
	struct stat st;
	bool never_waits =
		(fstat(to, &st) == 0 && S_ISREG(st.st_mode)) || fcntl(to, F_GETFL) & O_NONBLOCK;

	return never_waits ? RELAY_BUFFER : PIPE_BUF;
}

void relay_open(struct relay *relay, int from, int to)
{
	relay->from = from < 0 ? -EBADF : from;
	relay->to = to < 0 ? -EBADF : to;
	relay->chunk = find_chunk(to);
	relay->left = SIZE_MAX;
	relay->start = relay->end = 0;
	relay->last = '\n';
}

void relay_release(struct relay *relay)
{
	if (!relay)
		return;
	fd_close(&relay->from);
	fd_close(&relay->to);
	free(steal(&relay->data));
	relay->start = relay->end = 0;
}

void relay_prepare(const struct relay *relay, struct pollfd fds[RELAY_POLLS])
{
	bool is_empty = relay_is_empty(relay);
	bool can_read = is_empty && (relay->to >= 0 || relay->discards);

	fds[0] = (struct pollfd) { can_read ? relay->from : -1, POLLIN, 0 };
	fds[1] = (struct pollfd) { is_empty ? -1 : relay->to, POLLOUT, 0 };
}

static bool is_temporary(void)
{
	return errno == EAGAIN || errno == EINTR;
}

static void fill_buffer(struct relay *relay)
{
	size_t wanted = relay->left < RELAY_BUFFER ? relay->left : RELAY_BUFFER;
	ssize_t n;

	if (!relay->data)
		relay->data = xmalloc(RELAY_BUFFER);
	n = read(relay->from, relay->data, wanted);
	if (n > 0) {
		relay->start = 0;
		relay->end = (size_t)n;
		relay->last = relay->data[n - 1];
		relay->left -= relay->left == SIZE_MAX ? 0 : (size_t)n;
	} else if (n == 0 || !is_temporary()) {
		fd_close(&relay->from);
	}
}

static void flush_buffer(struct relay *relay)
{
	size_t len = relay->end - relay->start;
	ssize_t n = write(relay->to, relay->data + relay->start,
			  len < relay->chunk ? len : relay->chunk);

	if (n > 0) {
		relay->start += (size_t)n;
	} else if (n < 0 && !is_temporary()) {
		relay->failure = errno;
		fd_close(&relay->to);
		if (!relay->discards)
			fd_close(&relay->from);
	}
}

/* What an end means for the other side. */
static void settle_ends(struct relay *relay)
{
	if (relay->to < 0)
		relay->start = relay->end = 0;
	if (relay->from < 0 && relay_is_empty(relay))
		fd_close(&relay->to);
}

void relay_move(struct relay *relay, const struct pollfd fds[RELAY_POLLS])
{
	bool is_ready = fds[1].revents;

	if (!fds[0].revents && !is_ready)
		return;
	if (fds[0].revents && relay->from >= 0 && relay_is_empty(relay)) {
		fill_buffer(relay);
		is_ready = relay->chunk == RELAY_BUFFER && !relay->defers;
	}
	if (is_ready && relay->to >= 0 && !relay_is_empty(relay))
		flush_buffer(relay);
	settle_ends(relay);
}

void relay_finish(struct relay *relay)
{
	int left = 0;

	if (relay->from >= 0 && ioctl(relay->from, FIONREAD, &left) == 0)
		relay->left = (size_t)left;
}

bool relay_has_rest(struct relay *relay)
{
	if (relay->from >= 0 && relay_is_empty(relay))
		fill_buffer(relay);
	settle_ends(relay);
	return !relay_is_empty(relay);
}

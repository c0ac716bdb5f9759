/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two buffers, each filled only when it is empty, so that a slow reader slows down its writer. The
 * caller's descriptors are shared with other processes and stay in blocking mode; but a terminal or
 * pipe on stdout is opened once more, for us alone and non-blocking: a reader that never comes must
 * not keep us from taking signals. Where that cannot be, no more is written at once than a pipe
 * takes when poll(2) says that it can be written to. The master is ours.
 */
#include "system/relay.h"

#include "system/fd.h"
#include "system/path.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define END_OF_FILE "\004\004" /* VEOF of a new pty: once ends a line that is open */

static bool open_output(struct relay *relay)
{
	char path[PATH_PROC_FD_MAX];
	struct stat st;
	int fd;

	/* A file has a position, and sockets cannot be opened. */
	if (fstat(relay->out, &st) < 0 || (!S_ISCHR(st.st_mode) && !S_ISFIFO(st.st_mode)))
		return false;
	fd = open(path_proc_fd(relay->out, path), O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return false;
	relay->out = fd;
	return true;
}

int relay_init(struct relay *relay, enum relay_input input, struct error *err)
{
	relay->in = input == RELAY_STDIN ? STDIN_FILENO : -1;
	relay->out = STDOUT_FILENO;
	relay->terminal = -1;
	relay->master = -1;
	if (input == RELAY_TTY) {
		relay->in = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
		if (relay->in < 0) {
			error_errno(err, "the config asks for a terminal, and there is none");
			return error_hint(err,
					  "give the bundle as an argument, or leave out --tty");
		}
		relay->own_in = true;
	}
	if (relay->in >= 0 && isatty(relay->in))
		relay->terminal = relay->in;
	else if (isatty(relay->out))
		relay->terminal = relay->out;
	relay->own_out = open_output(relay);
	return 0;
}

void relay_release(struct relay *relay)
{
	if (!relay)
		return;
	relay_pause(relay);
	fd_close(&relay->master);
	if (relay->own_in)
		fd_close(&relay->in);
	if (relay->own_out)
		fd_close(&relay->out);
}

struct winsize relay_window(const struct relay *relay)
{
	struct winsize size = { 0 };

	if (relay->terminal < 0 || ioctl(relay->terminal, TIOCGWINSZ, &size) < 0)
		memset(&size, 0, sizeof(size));
	return size;
}

void relay_start(struct relay *relay, int master)
{
	relay->master = master;
	fcntl(master, F_SETFL, O_RDWR | O_NONBLOCK);
	relay_resize(relay);
	relay_resume(relay);
}

void relay_pause(struct relay *relay)
{
	if (!relay->raw)
		return;
	tcsetattr(relay->terminal, TCSADRAIN, &relay->saved);
	relay->raw = false;
}

void relay_resume(struct relay *relay)
{
	struct termios settings;

	/* Only where keys are read: without them, Ctrl-C has to stay a signal. */
	if (relay->raw || relay->terminal < 0 || relay->terminal != relay->in ||
	    tcgetattr(relay->terminal, &relay->saved) < 0)
		return;
	settings = relay->saved;
	cfmakeraw(&settings);
	relay->raw = tcsetattr(relay->terminal, TCSADRAIN, &settings) == 0;
}

void relay_continue(struct relay *relay)
{
	struct termios settings = relay->saved;

	relay_resize(relay);
	if (!relay->raw)
		return;
	/* Not from what is set now: a shell may have restored its own settings, or not. */
	cfmakeraw(&settings);
	tcsetattr(relay->terminal, TCSADRAIN, &settings);
}

void relay_resize(const struct relay *relay)
{
	struct winsize size = relay_window(relay);

	if (relay->master >= 0 && size.ws_row)
		ioctl(relay->master, TIOCSWINSZ, &size);
}

static bool is_empty(const struct relay_buffer *b)
{
	return b->start == b->end;
}

void relay_prepare(const struct relay *relay, struct pollfd fds[RELAY_POLLS])
{
	bool ready = relay->master >= 0;
	short master = 0;

	if (is_empty(&relay->to_caller))
		master |= POLLIN;
	if (!is_empty(&relay->to_container))
		master |= POLLOUT;
	fds[0] = (struct pollfd) { ready ? relay->master : -1, master, 0 };
	fds[1] = (struct pollfd) { ready && is_empty(&relay->to_container) ? relay->in : -1, POLLIN,
				   0 };
	fds[2] = (struct pollfd) { ready && !is_empty(&relay->to_caller) ? relay->out : -1, POLLOUT,
				   0 };
}

static void put_bytes(struct relay_buffer *b, const char *data, size_t len)
{
	memcpy(b->data, data, len);
	b->start = 0;
	b->end = len;
}

/* Returns false at the end of the input, or when the container's side has hung up. */
static bool fill_buffer(struct relay_buffer *b, int fd)
{
	ssize_t n = read(fd, b->data, sizeof(b->data));

	if (n > 0) {
		b->start = 0;
		b->end = (size_t)n;
	}
	return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

static bool flush_buffer(struct relay_buffer *b, int fd)
{
	size_t len = b->end - b->start;
	ssize_t n = write(fd, b->data + b->start, len < PIPE_BUF ? len : PIPE_BUF);

	if (n > 0)
		b->start += (size_t)n;
	return n >= 0 || errno == EAGAIN || errno == EINTR;
}

static void close_output(struct relay *relay)
{
	if (relay->own_out)
		fd_close(&relay->out);
	relay->out = -1;
	relay->own_out = false;
}

void relay_send(struct relay *relay)
{
	if (relay->out >= 0 && !flush_buffer(&relay->to_caller, relay->out))
		close_output(relay);
	if (relay->out < 0) /* nobody wants it: the container must not wait */
		relay->to_caller.start = relay->to_caller.end;
}

static void take_input(struct relay *relay)
{
	struct relay_buffer *b = &relay->to_container;

	if (!fill_buffer(b, relay->in)) {
		put_bytes(b, END_OF_FILE, relay->line_open ? 2 : 1);
		if (relay->own_in)
			fd_close(&relay->in);
		relay->in = -1;
	} else if (!is_empty(b)) {
		relay->line_open = b->data[b->end - 1] != '\n' && b->data[b->end - 1] != '\r';
	}
}

void relay_move(struct relay *relay, const struct pollfd fds[RELAY_POLLS])
{
	if (relay->master < 0)
		return;
	if (fds[0].revents & POLLOUT && !flush_buffer(&relay->to_container, relay->master))
		relay->to_container.start = relay->to_container.end;
	if (fds[0].revents & (POLLIN | POLLHUP | POLLERR) && is_empty(&relay->to_caller) &&
	    !fill_buffer(&relay->to_caller, relay->master))
		fd_close(&relay->master);
	if (fds[1].revents)
		take_input(relay);
	if (fds[2].revents || relay->out < 0)
		relay_send(relay);
}

bool relay_has_rest(struct relay *relay)
{
	if (is_empty(&relay->to_caller) && relay->master >= 0 &&
	    !fill_buffer(&relay->to_caller, relay->master))
		fd_close(&relay->master);
	return relay->out >= 0 && !is_empty(&relay->to_caller);
}

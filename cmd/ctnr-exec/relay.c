/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two buffers, each filled only when it is empty, so that whoever reads slowly slows down who
 * writes. The caller's descriptors stay in blocking mode (they are shared with other processes);
 * poll(2) tells when they can be read, and a write to a terminal or pipe that is not full enough
 * waits, which is what the writer would do itself. The master alone is ours and non-blocking.
 */
#include "relay.h"

#include "system/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define END_OF_FILE "\004" /* VEOF of a new pty */

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
	return 0;
}

void relay_release(struct relay *relay)
{
	relay_pause(relay);
	fd_close(&relay->master);
	if (relay->own_in)
		fd_close(&relay->in);
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

static void put(struct relay_buffer *b, const char *data, size_t len)
{
	memcpy(b->data, data, len);
	b->start = 0;
	b->end = len;
}

/* Returns false at the end of the input, or when the container's side has hung up. */
static bool fill(struct relay_buffer *b, int fd)
{
	ssize_t n = read(fd, b->data, sizeof(b->data));

	if (n > 0) {
		b->start = 0;
		b->end = (size_t)n;
	}
	return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

static bool flush(struct relay_buffer *b, int fd)
{
	ssize_t n = write(fd, b->data + b->start, b->end - b->start);

	if (n > 0)
		b->start += (size_t)n;
	return n >= 0 || errno == EAGAIN || errno == EINTR;
}

static void send_to_caller(struct relay *relay)
{
	if (relay->out >= 0 && !flush(&relay->to_caller, relay->out))
		relay->out = -1;
	if (relay->out < 0) /* nobody wants it: the container must not wait */
		relay->to_caller.start = relay->to_caller.end;
}

void relay_move(struct relay *relay, const struct pollfd fds[RELAY_POLLS])
{
	if (relay->master < 0)
		return;
	if (fds[0].revents & POLLOUT && !flush(&relay->to_container, relay->master))
		relay->to_container.start = relay->to_container.end;
	if (fds[0].revents & (POLLIN | POLLHUP | POLLERR) && is_empty(&relay->to_caller) &&
	    !fill(&relay->to_caller, relay->master))
		fd_close(&relay->master);
	if (fds[1].revents && !fill(&relay->to_container, relay->in)) {
		put(&relay->to_container, END_OF_FILE, 1);
		if (relay->own_in)
			fd_close(&relay->in);
		relay->in = -1;
	}
	if (fds[2].revents || !is_empty(&relay->to_caller))
		send_to_caller(relay);
}

void relay_drain(struct relay *relay)
{
	while (relay->out >= 0 && !is_empty(&relay->to_caller))
		send_to_caller(relay);
	while (relay->master >= 0 && relay->out >= 0 && fill(&relay->to_caller, relay->master) &&
	       !is_empty(&relay->to_caller))
		while (relay->out >= 0 && !is_empty(&relay->to_caller))
			send_to_caller(relay);
	fd_close(&relay->master);
}

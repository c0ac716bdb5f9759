/* SPDX-License-Identifier: Apache-2.0 */
/* process.terminal, the caller's side: between the caller's terminal (or whatever stdin and stdout
 * are) and the master of the container's pty. */
#ifndef SYSTEM_RELAY_H
#define SYSTEM_RELAY_H

#include "base/error.h"

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <termios.h>

#define RELAY_BUFFER 16384
#define RELAY_POLLS 3

/* Bytes on their way. */
struct relay_buffer {
	char data[RELAY_BUFFER];
	size_t start;
	size_t end;
};

struct relay {
	int in; /* -1: nothing (more) to read */
	int out; /* -1: nobody reads */
	int terminal; /* whose settings and size count; -1: none */
	int master; /* -1: not there yet, or hung up */
	bool raw; /* the terminal is in raw mode */
	bool own_in; /* in is ours to close */
	bool own_out;
	bool line_open; /* what was typed last is not the end of a line */
	struct termios saved;
	struct relay_buffer to_container;
	struct relay_buffer to_caller;
};

enum relay_input {
	RELAY_NO_INPUT,
	RELAY_STDIN,
	RELAY_TTY, /* /dev/tty: stdin is a pipe that carried the record */
};

/* Find the ends; no settings are changed yet. */
int relay_init(struct relay *relay, enum relay_input input, struct error *err);
void relay_release(struct relay *relay); /* restores the terminal */

/* The size of the caller's terminal; zeros when there is none. */
struct winsize relay_window(const struct relay *relay);

/* The container's terminal is there: take the master, make the caller's terminal raw. */
void relay_start(struct relay *relay, int master);

/* Raw mode off and on again, around being stopped. */
void relay_pause(struct relay *relay);
void relay_resume(struct relay *relay);

/* Somebody else had us stopped and continued: raw mode again, and the size of now. */
void relay_continue(struct relay *relay);

/* The caller's window has changed. */
void relay_resize(const struct relay *relay);

/* Fill fds with what poll(2) is to wait for; then move what it says can be moved. */
void relay_prepare(const struct relay *relay, struct pollfd fds[RELAY_POLLS]);
void relay_move(struct relay *relay, const struct pollfd fds[RELAY_POLLS]);

/* The container has ended: is there more of its output to pass on? */
bool relay_has_rest(struct relay *relay);
/* Pass on as much as can be written to relay->out without waiting. */
void relay_send(struct relay *relay);

#endif

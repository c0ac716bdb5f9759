/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The container's stdin, stdout and stderr in the caller's process.
 *
 * Theory of operation. A container never holds the caller's terminal: through any descriptor of it,
 * one for writing too, it could read what is typed there, change its modes and push input (TIOCSTI).
 *
 *  - With process.terminal, the container has a pty, whose master init sends here: two relays
 *    between it and the caller's stdin and stdout.
 *  - Without, what is no terminal is the container's as it is, and costs nothing. In the place of a
 *    terminal the container gets a pipe, and a relay passes on what goes through it; so it does in
 *    the place of what process.user could not open again (launch/stream_access.h), of a socket for
 *    output, which nobody can, of a directory, and of a file or device that root in the container
 *    could change. One pipe serves stdout and stderr when they are the same: the order of what is
 *    written to both is kept.
 *
 * The pipes are made before the keeper is cloned. Each process closes what is not its own, because
 * an end of input shows only when nobody else holds the other side: the keeper closes the caller's
 * side at once and the container's when init has it, the caller closes the container's.
 *
 *	autostreams struct streams streams = STREAMS_INIT;
 *
 *	if (streams_open(&streams, container, err) < 0) ...
 *	(clone)
 *	streams_close_inside(&streams);
 *	streams_prepare(&streams, fds);
 *	poll(fds, STREAMS_POLLS, streams_timeout(&streams));
 *	streams_move(&streams, fds);
 */
#ifndef CTNR_EXEC_LAUNCH_STREAMS_H
#define CTNR_EXEC_LAUNCH_STREAMS_H

#include "container.h"

#include "base/cleanup.h"
#include "base/error.h"
#include "system/pty_input.h"
#include "system/raw_terminal.h"
#include "system/relay.h"

#include <poll.h>
#include <stdbool.h>
#include <sys/ioctl.h>
#include <sys/types.h>

#define STREAMS_MAX 3
#define STREAMS_POLLS (STREAMS_MAX * RELAY_POLLS)

/* Where the input of a container's terminal comes from. */
enum terminal_input {
	TERMINAL_NO_INPUT,
	TERMINAL_STDIN,
	TERMINAL_TTY, /* /dev/tty: stdin is a pipe that carried the record */
};

struct streams {
	bool is_null[STREAMS_MAX]; /* the container's own null device takes its place */
	int inside[STREAMS_MAX]; /* the container's side of a pipe; -EBADF: fd stays as it is */
	bool is_relayed; /* is there anything to poll for? */
	bool reads_terminal; /* stdin is a terminal, and there is a pipe in its place */
	struct relay relays[STREAMS_MAX]; /* by the caller's descriptor */
	int unread; /* where stdin is a file: the container's side of its pipe */
	off_t began; /* the position of that file before anything was read */
	bool has_terminal; /* process.terminal; the rest is for that */
	struct raw_terminal caller; /* the caller's terminal, where there is one */
	struct winsize window; /* the size that the terminal starts with; no rows: not known */
	int tty; /* /dev/tty, when it was opened */
	int master; /* -EBADF: not there yet, or hung up */
	struct pty_input input; /* the end of it */
	bool has_input; /* there is, or was, input that can end */
	int typed; /* the signal that the terminal will make of what was read: SIGINT, SIGQUIT; 0 */
};

#define STREAMS_INIT \
	{ \
		.inside = { -EBADF, -EBADF, -EBADF }, \
		.relays = { RELAY_INIT, RELAY_INIT, RELAY_INIT }, .caller = RAW_TERMINAL_INIT, \
		.unread = -EBADF, .tty = -EBADF, .master = -EBADF \
	}

/* Decide what a container without a terminal gets, and make the pipes for it. */
int streams_open(struct streams *streams, const struct container *c, struct error *err);

/* The same for a container that outlives its caller: nobody could pass anything on. What the container
 * cannot be given is an error, or the null device in the place of a terminal, with a warning. */
int streams_open_detached(struct streams *streams, const struct container *c, struct error *err);

/* Find the caller's ends for a container with a terminal; no settings are changed yet. */
int streams_open_terminal(struct streams *streams, const struct container *c,
			  enum terminal_input input, struct error *err);

/* Restores the caller's terminal. Accepts half-built objects. */
void streams_release(struct streams *streams);
#define autostreams autocleanup(streams_release)

/* Close the caller's side of the pipes, or the container's. */
void streams_close_outside(struct streams *streams);
void streams_close_inside(struct streams *streams);

/* In init: the container's side of the pipes becomes fd 0, 1 and 2. */
int streams_take(const struct streams *streams, struct error *err);

/* The container's terminal is there: take the master, make the caller's terminal raw. */
void streams_start_terminal(struct streams *streams, int master);

/* The size of the caller's window, which may have changed, becomes that of the terminal. */
void streams_resize_terminal(const struct streams *streams);

/* Fill fds with what poll(2) is to wait for; then move what it says can be moved. */
void streams_prepare(const struct streams *streams, struct pollfd fds[STREAMS_POLLS]);
void streams_move(struct streams *streams, struct pollfd fds[STREAMS_POLLS]);

/* The signal that was typed on the container's terminal since the last call, or 0. The terminal gets it by the
 * next streams_move(). *ret_group: the process
 * group that it is for, or -1. */
int streams_take_typed(struct streams *streams, pid_t *ret_group);

/* How long poll(2) may wait: ms, or -1. */
int streams_timeout(const struct streams *streams);

/* What is to be done at times. Returns false when a program on the terminal does not take the end of
 * the input for one: its terminal is to be hung up. */
bool streams_continue(struct streams *streams);

/* Take the terminal away from the container. */
void streams_hang_up(struct streams *streams);

/* The container has ended: what is there now is the rest of its output. What was taken from a file
 * as its input, and was not read, is left to the next reader of that file. */
void streams_finish(struct streams *streams);

/* Is there more of the output to pass on? */
bool streams_have_rest(struct streams *streams);

/* Was any output lost that somebody wanted? The container has not heard of that: it wrote to a pipe. */
int streams_check_output(const struct streams *streams, struct error *err);

#endif

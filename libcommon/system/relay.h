/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes on their way from one descriptor to another, moved by poll(2): the caller's terminal to a
 * container, a container's output to the caller.
 *
 * A relay owns both descriptors. It reads only when everything before was written, so that a slow
 * reader slows down its writer. When the source has ended and its last byte is written, the target
 * is closed; when the target fails, the source is closed (the writer gets EPIPE), unless the relay
 * discards.
 *
 *	struct relay relay = RELAY_INIT;
 *
 *	relay_open(&relay, relay_borrow(STDIN_FILENO, O_RDONLY), pipe[1]);
 *	relay_prepare(&relay, fds);
 *	if (poll(fds, RELAY_POLLS, -1) > 0)
 *		relay_move(&relay, fds);
 */
#ifndef SYSTEM_RELAY_H
#define SYSTEM_RELAY_H

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RELAY_BUFFER 65536
#define RELAY_POLLS 2

struct relay {
	int from; /* -EBADF: nothing (more) to read */
	int to; /* -EBADF: nobody takes it */
	bool discards; /* what nobody takes is read all the same, so that its writer goes on */
	bool defers; /* what is read is written by the next move, so that it can be looked at before */
	size_t left; /* how many bytes are still to be read; SIZE_MAX: as many as come */
	size_t chunk; /* how much a write(2) to a target that is ready takes without waiting */
	size_t start; /* data[start] to data[end - 1] are still to be written */
	size_t end;
	int failure; /* errno of the write(2) that failed, or 0 */
	char last; /* the last byte that was read; '\n' before the first */
	char *data; /* RELAY_BUFFER bytes; NULL before the first read, and most relays never read */
};

#define RELAY_INIT \
	{ \
		.from = -EBADF, .to = -EBADF, .left = SIZE_MAX, .last = '\n' \
	}

/* A descriptor that a relay may own, new, for one of ours that other processes share: their
 * descriptors stay in blocking mode. A terminal, device or pipe is opened once more, non-blocking,
 * so that neither a reader that never comes nor a writer whose data others took keeps us waiting;
 * anything else, and what cannot be opened, is a duplicate. mode: O_RDONLY or O_WRONLY. -1 with
 * errno. */
int relay_borrow(int fd, int mode);

/* Both descriptors are taken, also -1. */
void relay_open(struct relay *relay, int from, int to);

/* Close both ends, and free the buffer; nothing is passed on any more. Accepts what was never opened. */
void relay_release(struct relay *relay);

/* Was everything that was read passed on, or thrown away? */
static inline bool relay_is_empty(const struct relay *relay)
{
	return relay->start == relay->end;
}

/* Fill fds with what poll(2) is to wait for; then move what it says can be moved. */
void relay_prepare(const struct relay *relay, struct pollfd fds[RELAY_POLLS]);
void relay_move(struct relay *relay, const struct pollfd fds[RELAY_POLLS]);

/* The writer to a pipe has ended: what is there now is the rest, whoever else holds the pipe. */
void relay_finish(struct relay *relay);

/* Is there something to write now? Reads what a non-blocking source has. */
bool relay_has_rest(struct relay *relay);

#endif

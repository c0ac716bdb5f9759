/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long a server is waited for that takes a body or gives one. Pure: the caller says what came and which time
 * went by, no clock is asked here.
 *
 *	struct patience patience = { .rules = &rules };
 *
 *	patience_enter(&patience, PATIENCE_CONNECT);
 *	... wait for the server, from one moment to another
 *	patience_wait(&patience, from, to);
 *	patience_enter(&patience, PATIENCE_BODY);
 *	patience_count(&patience, 4096);
 *	if (patience_check(&patience, err) < 0) ...
 *
 * Only the time that is spent waiting counts. What this side does meanwhile (writing to a slow
 * disk) is not the server's fault, and neither is a pause of the whole process (SIGSTOP): of a wait
 * that took longer than it was meant to, PATIENCE_WAIT_MAX counts.
 */
#ifndef NET_PATIENCE_H
#define NET_PATIENCE_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

#define PATIENCE_WAIT_MAX 1000 /* milliseconds; nobody shall wait longer without a look at this */

/* Times are in milliseconds. */
struct patience_rules {
	uint64_t silence; /* longest time for connecting, for a whole head, and without any body */
	uint64_t answer; /* longest time for a whole head, where that is more */
	uint64_t total; /* longest time for everything; 0: no limit */
	uint64_t rate; /* least bytes of a body, sent or received, in a second; 0: any will do */
	uint64_t window; /* time over which the rate is taken; not 0 when there is a rate */
};

enum patience_phase {
	PATIENCE_CONNECT, /* until the request is sent: name, connection, TLS */
	PATIENCE_SEND, /* until the body is sent, when there is one */
	PATIENCE_HEAD, /* until the headers are there, also those of 1xx answers before */
	PATIENCE_BODY,
};

struct patience {
	const struct patience_rules *rules; /* borrowed */
	enum patience_phase phase;
	uint64_t total; /* waited since the beginning */
	uint64_t silence; /* waited in this phase, since the last bytes of a body */
	uint64_t window; /* waited since this window began */
	uint64_t window_bytes; /* of the body, since then */
};

/* A phase begins: what was waited before counts for the total alone. Entering the phase that it is
 * in already changes nothing, but for PATIENCE_CONNECT: that is a new request. */
void patience_enter(struct patience *patience, enum patience_phase phase);

/* So many bytes of the body came, or went. */
void patience_count(struct patience *patience, uint64_t bytes);

/* The time from one moment to another, in milliseconds of one clock, was spent waiting. */
void patience_wait(struct patience *patience, int64_t from, int64_t to);

/* Is there a reason to wait on? To be asked when what came in the last wait was told to
 * patience_count(). ERROR_TEMPORARY when not. Begins a new window when one has passed. */
int patience_check(struct patience *patience, struct error *err);

/* Did a time limit of somebody else for connecting pass while this process stood still, so that the
 * server had less than half of it? */
bool patience_was_stopped(const struct patience *patience);

#endif

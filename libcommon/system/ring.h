/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bounded queue of blocks between two threads: the one writes, the other reads. It is what keeps
 * memory flat however large a layer is, and lets both run at once.
 *
 *	while ((block = ring_write_begin(&ring)))	// NULL: the reader has given up
 *		ring_write_end(&ring, read(fd, block, RING_BLOCK_SIZE));
 *	ring_close(&ring);
 */
#ifndef SYSTEM_RING_H
#define SYSTEM_RING_H

#include "base/cleanup.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#define RING_BLOCK_SIZE (256U << 10) /* bytes */

struct ring {
	unsigned char *memory; /* n_blocks times RING_BLOCK_SIZE */
	size_t *lens; /* of the blocks */
	size_t n_blocks;
	size_t written; /* blocks so far */
	size_t read; /* blocks that were given back */
	bool is_reading; /* the reader holds block number read */
	bool is_closed; /* by the writer: nothing follows */
	bool is_cancelled; /* by the reader: nothing is wanted */
	pthread_mutex_t mutex;
	pthread_cond_t changed;
};

/* An empty ring of so many blocks: the writer may be that far ahead. The memory is allocated here. */
void ring_init(struct ring *ring, size_t n_blocks);
void ring_release(struct ring *ring);

/* Room for one block, once there is some; NULL when the reader has given up. */
unsigned char *ring_write_begin(struct ring *ring);

/* The block has len bytes: give it to the reader. */
void ring_write_end(struct ring *ring, size_t len);

/* The writer's: nothing follows. */
void ring_close(struct ring *ring);

/* The next block, once there is one; NULL at the end. It is the reader's until the next call. */
const unsigned char *ring_read(struct ring *ring, size_t *ret_len);

/* The reader's: nothing more is wanted; the writer gets NULL from now on. */
void ring_cancel(struct ring *ring);

#endif

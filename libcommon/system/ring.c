/* SPDX-License-Identifier: Apache-2.0 */
#include "system/ring.h"

#include "base/alloc.h"

void ring_init(struct ring *ring, size_t n_blocks)
{
	*ring = (struct ring) {
		.memory = xmalloc(n_blocks * RING_BLOCK_SIZE),
		.lens = xcalloc(n_blocks, sizeof(ring->lens[0])),
		.n_blocks = n_blocks,
	};
	pthread_mutex_init(&ring->mutex, NULL);
	pthread_cond_init(&ring->changed, NULL);
}

void ring_release(struct ring *ring)
{
	if (!ring || !ring->memory)
		return;
	free(steal(&ring->memory));
	free(steal(&ring->lens));
	pthread_mutex_destroy(&ring->mutex);
	pthread_cond_destroy(&ring->changed);
}

unsigned char *ring_write_begin(struct ring *ring)
{
	unsigned char *block = NULL;

	pthread_mutex_lock(&ring->mutex);
	while (!ring->is_cancelled && ring->written - ring->read == ring->n_blocks)
		pthread_cond_wait(&ring->changed, &ring->mutex);
	if (!ring->is_cancelled)
		block = ring->memory + ring->written % ring->n_blocks * RING_BLOCK_SIZE;
	pthread_mutex_unlock(&ring->mutex);
	return block;
}

void ring_write_end(struct ring *ring, size_t len)
{
	pthread_mutex_lock(&ring->mutex);
	ring->lens[ring->written % ring->n_blocks] = len;
	ring->written++;
	pthread_cond_signal(&ring->changed);
	pthread_mutex_unlock(&ring->mutex);
}

static void set_flag(struct ring *ring, bool *flag)
{
	pthread_mutex_lock(&ring->mutex);
	*flag = true;
	pthread_cond_signal(&ring->changed);
	pthread_mutex_unlock(&ring->mutex);
}

void ring_close(struct ring *ring)
{
	set_flag(ring, &ring->is_closed);
}

void ring_cancel(struct ring *ring)
{
	set_flag(ring, &ring->is_cancelled);
}

/* "read" counts the block that the reader holds as still in use: it is given back by the next
 * call. */
const unsigned char *ring_read(struct ring *ring, size_t *ret_len)
{
	const unsigned char *block = NULL;

	pthread_mutex_lock(&ring->mutex);
	if (ring->is_reading) {
		ring->read++;
		ring->is_reading = false;
		pthread_cond_signal(&ring->changed);
	}
	while (!ring->is_closed && ring->written == ring->read)
		pthread_cond_wait(&ring->changed, &ring->mutex);
	if (ring->written != ring->read) {
		block = ring->memory + ring->read % ring->n_blocks * RING_BLOCK_SIZE;
		*ret_len = ring->lens[ring->read % ring->n_blocks];
		ring->is_reading = true;
	}
	pthread_mutex_unlock(&ring->mutex);
	return block;
}

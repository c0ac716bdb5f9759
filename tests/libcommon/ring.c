/* SPDX-License-Identifier: Apache-2.0 */
/* Blocks from one thread to another. */
#include "tap.h"

#include "base/alloc.h"
#include "system/ring.h"

#include <pthread.h>
#include <unistd.h>

#define BLOCKS 5
#define MANY 1000 /* blocks: many rounds of the ring */

/* A ring that is wrong can wait for ever: the test ends then. */
#define PATIENCE 20 /* seconds */

static void write_block(struct ring *ring, unsigned int number)
{
	unsigned char *block = ring_write_begin(ring);

	if (!block)
		exit(1);
	memcpy(block, &number, sizeof(number));
	ring_write_end(ring, sizeof(number) + number);
}

/* Is the next block this one, and as long as that was? */
static bool has_block(struct ring *ring, unsigned int number)
{
	unsigned int got;
	size_t len;
	const unsigned char *block = ring_read(ring, &len);

	if (!block)
		return false;
	memcpy(&got, block, sizeof(got));
	return got == number && len == sizeof(got) + number;
}

static void *write_many(void *data)
{
	struct ring *ring = data;

	for (unsigned int i = 0; i < MANY; i++)
		write_block(ring, i);
	ring_close(ring);
	return NULL;
}

static void *write_until_cancelled(void *data)
{
	struct ring *ring = data;
	size_t *written = xcalloc(1, sizeof(*written));

	while (ring_write_begin(ring)) {
		ring_write_end(ring, 1);
		(*written)++;
	}
	return written;
}

static void test_one_thread(void)
{
	struct ring ring;
	bool in_order = true;
	size_t len;

	ring_init(&ring, BLOCKS);
	for (unsigned int i = 0; i < BLOCKS; i++)
		write_block(&ring, i);
	ok(ring.written == BLOCKS, "a ring takes all its blocks before the first is read");
	ring_close(&ring);
	for (unsigned int i = 0; i < BLOCKS; i++)
		in_order = has_block(&ring, i) && in_order;
	ok(in_order, "they are read in their order, each with its length");
	ok(!ring_read(&ring, &len), "... and then a closed ring ends");
	ring_release(&ring);
	ring_release(&ring);
	ok(!ring.memory, "a ring is released twice");
}

static void test_two_threads(void)
{
	struct ring ring;
	pthread_t writer;
	bool in_order = true;
	size_t len;

	ring_init(&ring, BLOCKS);
	pthread_create(&writer, NULL, write_many, &ring);
	for (unsigned int i = 0; i < MANY; i++)
		in_order = has_block(&ring, i) && in_order;
	ok(in_order, "what one thread writes another reads");
	ok(!ring_read(&ring, &len), "... to its end");
	pthread_join(writer, NULL);
	ring_release(&ring);
}

static void test_cancelled(void)
{
	struct ring ring;
	pthread_t writer;
	size_t len;
	void *written;

	ring_init(&ring, BLOCKS);
	pthread_create(&writer, NULL, write_until_cancelled, &ring);
	/* The block that is read is given back by the next read: room for two in all. */
	for (unsigned int i = 0; i < 3; i++)
		ring_read(&ring, &len);
	ring_cancel(&ring);
	pthread_join(writer, &written);
	ok(*(size_t *)written <= BLOCKS + 2,
	   "a writer is never further ahead than the ring has blocks, and ends when cancelled");
	free(written);
	ring_release(&ring);
}

int main(void)
{
	alarm(PATIENCE);
	test_one_thread();
	test_two_threads();
	test_cancelled();
	return done_testing();
}

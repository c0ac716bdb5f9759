/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Theory of operation. While is_behind is set the thread alone uses the hash, and end says how far it has to
 * read. The thread unsets it, under the lock, when it has hashed all up to end; from then on the hash is the
 * caller's. A thread that could not be started or could not read leaves has_failed.
 */
#include "format/file_hash.h"

#include "base/alloc.h"
#include "format/hash.h"
#include "system/interrupt.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define CHUNK_SIZE (128U << 10)
#define WAIT_NSEC 50000000 /* between two looks for signals */

struct file_hash {
	int fd; /* borrowed */
	struct hash hash;
	bool has_thread;
	pthread_t thread;
	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t caught_up;
	uint64_t end; /* bytes of the file that count */
	bool is_behind; /* the thread is at work */
	bool shall_stop;
	bool has_failed;
};

/* How many bytes to read next; 0: the thread's work is done, and the hash is the caller's. */
static size_t next_chunk(struct file_hash *hash, uint64_t hashed, bool has_failed)
{
	uint64_t left;

	pthread_mutex_lock(&hash->lock);
	left = hash->end - hashed;
	if (has_failed || hash->shall_stop || left == 0) {
		hash->has_failed = has_failed;
		hash->is_behind = false;
		left = 0;
		pthread_cond_signal(&hash->caught_up);
	}
	pthread_mutex_unlock(&hash->lock);
	return left < CHUNK_SIZE ? (size_t)left : CHUNK_SIZE;
}

static void *hash_old_bytes(void *data)
{
	struct file_hash *hash = data;
	autofree char *buffer = xmalloc(CHUNK_SIZE);
	bool has_failed = false;
	uint64_t hashed = 0;
	size_t len;

	while ((len = next_chunk(hash, hashed, has_failed))) {
		ssize_t n = pread(hash->fd, buffer, len, (off_t)hashed);

		has_failed = n <= 0;
		if (has_failed)
			continue;
		hash_update(&hash->hash, buffer, (size_t)n);
		hashed += (uint64_t)n;
	}
	return NULL;
}

struct file_hash *file_hash_new(int fd, uint64_t len, enum digest_algorithm algorithm,
				struct error *err)
{
	struct file_hash *hash = xcalloc(1, sizeof(*hash));

	*hash = (struct file_hash) { .fd = fd, .end = len, .is_behind = len > 0 };
	pthread_mutex_init(&hash->lock, NULL);
	pthread_cond_init(&hash->caught_up, NULL);
	if (hash_start(&hash->hash, algorithm, err) < 0) {
		file_hash_free(hash);
		return NULL;
	}
	hash->has_thread = len && pthread_create(&hash->thread, NULL, hash_old_bytes, hash) == 0;
	/* Where no thread can be had the caller waits. */
	if (len && !hash->has_thread)
		hash_old_bytes(hash);
	return hash;
}

void file_hash_free(struct file_hash *hash)
{
	if (!hash)
		return;
	pthread_mutex_lock(&hash->lock);
	hash->shall_stop = true;
	pthread_mutex_unlock(&hash->lock);
	if (hash->has_thread)
		pthread_join(hash->thread, NULL);
	hash_release(&hash->hash);
	pthread_cond_destroy(&hash->caught_up);
	pthread_mutex_destroy(&hash->lock);
	free(hash);
}

void file_hash_append(struct file_hash *hash, const void *data, size_t len)
{
	bool is_behind;

	pthread_mutex_lock(&hash->lock);
	is_behind = hash->is_behind;
	hash->end += len;
	pthread_mutex_unlock(&hash->lock);
	if (!is_behind)
		hash_update(&hash->hash, data, len);
}

/* Wait a moment for the thread. The lock is held. */
static void wait_for_thread(struct file_hash *hash)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += WAIT_NSEC;
	if (until.tv_nsec >= 1000000000) {
		until.tv_nsec -= 1000000000;
		until.tv_sec++;
	}
	pthread_cond_clockwait(&hash->caught_up, &hash->lock, CLOCK_MONOTONIC, &until);
}

int file_hash_finish(struct file_hash *hash, struct digest *ret, struct error *err)
{
	bool is_behind;
	bool has_failed;

	pthread_mutex_lock(&hash->lock);
	while (hash->is_behind && !interrupt_is_pending())
		wait_for_thread(hash);
	is_behind = hash->is_behind;
	has_failed = hash->has_failed;
	pthread_mutex_unlock(&hash->lock);
	if (is_behind)
		return interrupt_error(err);
	if (has_failed)
		return error_set(err, ERROR_VERIFY, "what was written cannot be read back");
	hash_finish(&hash->hash, ret);
	return 0;
}

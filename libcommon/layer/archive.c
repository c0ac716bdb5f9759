/* SPDX-License-Identifier: Apache-2.0 */
#include "layer/archive.h"

#include "base/alloc.h"
#include "format/hash.h"
#include "oci/media_type.h"
#include "system/ring.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>

#define THREAD_STACK (256U << 10) /* bytes */
#define HASH_BLOCKS 4 /* that the digest may be behind */

struct archive {
	struct blob_writer *blob; /* borrowed */
	struct compress *compress;
	struct ring ring; /* to the hasher */
	unsigned char *block; /* of the ring, being filled; or NULL */
	size_t filled; /* bytes of it */
	struct hash hash; /* the hasher's until it has ended */
	pthread_t hasher;
	bool has_hasher;
};

static int write_blob(void *blob, const void *bytes, size_t len, struct error *err)
{
	return blob_write(blob, bytes, len, err);
}

static void *hasher_main(void *data)
{
	struct archive *archive = data;
	const unsigned char *block;
	size_t len;

	while ((block = ring_read(&archive->ring, &len)))
		hash_update(&archive->hash, block, len);
	return NULL;
}

static int start_hasher(struct archive *archive, struct error *err)
{
	pthread_attr_t attr;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, THREAD_STACK);
	errno = pthread_create(&archive->hasher, &attr, hasher_main, archive);
	pthread_attr_destroy(&attr);
	if (errno)
		return error_errno(err, "cannot start a thread");
	archive->has_hasher = true;
	return 0;
}

/* Let the hasher have what there is, and wait for its end. */
static void end_hasher(struct archive *archive)
{
	if (!archive->has_hasher)
		return;
	if (archive->block)
		ring_write_end(&archive->ring, archive->filled);
	archive->block = NULL;
	ring_close(&archive->ring);
	pthread_join(archive->hasher, NULL);
	archive->has_hasher = false;
}

struct archive *archive_new(const struct compress_options *options, struct blob_writer *blob,
			    struct error *err)
{
	autoarchive struct archive *archive = xcalloc(1, sizeof(*archive));

	archive->blob = blob;
	ring_init(&archive->ring, HASH_BLOCKS);
	archive->compress = compress_new(options, write_blob, blob, err);
	if (!archive->compress || hash_start(&archive->hash, blob->digest.algorithm, err) < 0)
		return NULL;
	return steal(&archive);
}

void archive_free(struct archive *archive)
{
	if (!archive)
		return;
	end_hasher(archive);
	compress_free(archive->compress);
	hash_release(&archive->hash);
	ring_release(&archive->ring);
	free(archive);
}

static void hash_bytes(struct archive *archive, const unsigned char *bytes, size_t len)
{
	while (len) {
		size_t part;

		if (!archive->block) {
			archive->block = ring_write_begin(&archive->ring);
			archive->filled = 0;
		}
		part = RING_BLOCK_SIZE - archive->filled;
		if (part > len)
			part = len;
		memcpy(archive->block + archive->filled, bytes, part);
		archive->filled += part;
		bytes += part;
		len -= part;
		if (archive->filled == RING_BLOCK_SIZE) {
			ring_write_end(&archive->ring, RING_BLOCK_SIZE);
			archive->block = NULL;
		}
	}
}

int archive_write(struct archive *archive, const void *bytes, size_t len, struct error *err)
{
	if (!archive->has_hasher && start_hasher(archive, err) < 0)
		return -1;
	hash_bytes(archive, bytes, len);
	return compress_write(archive->compress, bytes, len, err);
}

int archive_finish(struct archive *archive, struct digest *ret, struct error *err)
{
	if (compress_finish(archive->compress, err) < 0)
		return -1;
	end_hasher(archive);
	hash_finish(&archive->hash, ret);
	return 0;
}

const char *archive_media_type(enum compression compression)
{
	switch (compression) {
	case COMPRESSION_GZIP:
		return MEDIA_TYPE_LAYER_GZIP;
	case COMPRESSION_ZSTD:
		return MEDIA_TYPE_LAYER_ZSTD;
	default:
		return MEDIA_TYPE_LAYER;
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "layer/stream.h"

#include "format/hash.h"
#include "format/inflate.h"
#include "system/fd.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define THREAD_STACK (256U << 10) /* bytes */

/* Small files take the caller long and the inflater next to nothing, large files the other way round.
 * So 6 MiB (24 blocks) lie between the two: while one of them is slow, the other one works ahead. */
#define BLOB_BLOCKS 6
#define ARCHIVE_BLOCKS 24

/*
 * Read to the end of the blob even when nobody wants the content any more: the digest tells
 * whether a broken archive is the image's fault or the transport's.
 */
static void read_blob(struct stream *s, struct hash *hash)
{
	bool is_wanted = true;
	unsigned char *block = s->blob.memory;
	uint64_t done = 0;

	for (;;) {
		unsigned char *room = is_wanted ? ring_write_begin(&s->blob) : NULL;
		ssize_t len;

		/* A block of a cancelled ring belongs to nobody. */
		is_wanted = room != NULL;
		block = room ? room : block;
		len = fd_read_full(s->fd, block, RING_BLOCK_SIZE);
		if (len < 0)
			error_errno(&s->reader_error, "cannot read the blob");
		if (len <= 0)
			break;
		hash_update(hash, block, (size_t)len);
		done += (size_t)len;
		atomic_store_explicit(&s->position, done, memory_order_relaxed);
		if (is_wanted)
			ring_write_end(&s->blob, (size_t)len);
	}
	hash_finish(hash, &s->blob_digest);
	if (!s->reader_error.code && done != s->size)
		error_set(&s->reader_error, ERROR_VERIFY, "the blob has %llu bytes, not %llu",
			  (unsigned long long)done, (unsigned long long)s->size);
}

static void *reader_main(void *data)
{
	struct stream *s = data;
	autohash struct hash hash = HASH_INIT;

	if (hash_start(&hash, s->blob_digest.algorithm, &s->reader_error) == 0)
		read_blob(s, &hash);
	ring_close(&s->blob);
	return NULL;
}

/* Hand out whole blocks, whatever the pieces that the decompressor takes. */
struct output {
	struct stream *stream;
	struct hash *hash;
	unsigned char *block;
	size_t len;
};

static bool output_flush(struct output *out)
{
	if (out->len) {
		hash_update(out->hash, out->block, out->len);
		ring_write_end(&out->stream->archive, out->len);
		out->len = 0;
		out->block = ring_write_begin(&out->stream->archive);
	}
	return out->block != NULL;
}

/* 1: more is wanted, 0: the reader of the archive gave up, -1. */
static int inflate_block(struct inflate *inflate, struct output *out, const unsigned char *in,
			 size_t in_len, struct error *err)
{
	int more = 1;

	while (more) {
		size_t room = RING_BLOCK_SIZE - out->len;

		more = inflate_run(inflate, &in, &in_len, out->block + out->len, &room, err);
		if (more < 0)
			return -1;
		out->len += room;
		if (out->len == RING_BLOCK_SIZE && !output_flush(out))
			return 0;
	}
	return 1;
}

static void inflate_blob(struct stream *s, struct hash *hash)
{
	autoinflate struct inflate *inflate = inflate_new();
	struct output out = { s, hash, ring_write_begin(&s->archive), 0 };
	const unsigned char *in;
	size_t in_len;
	int result = out.block ? 1 : 0;

	while (result > 0 && (in = ring_read(&s->blob, &in_len)))
		result = inflate_block(inflate, &out, in, in_len, &s->inflater_error);
	if (result > 0 && output_flush(&out) && inflate_finish(inflate, &s->inflater_error) == 0)
		hash_finish(hash, &s->diff_id);
}

static void *inflater_main(void *data)
{
	struct stream *s = data;
	autohash struct hash hash = HASH_INIT;

	if (hash_start(&hash, s->diff_id.algorithm, &s->inflater_error) == 0)
		inflate_blob(s, &hash);
	ring_cancel(&s->blob);
	ring_close(&s->archive);
	return NULL;
}

int stream_start(struct stream *s, int fd, uint64_t size, const struct digest *blob,
		 const struct digest *diff_id, struct error *err)
{
	pthread_attr_t attr;

	memset(s, 0, sizeof(*s));
	s->fd = fd;
	s->size = size;
	s->blob_digest.algorithm = blob->algorithm;
	s->diff_id.algorithm = diff_id->algorithm;
	ring_init(&s->blob, BLOB_BLOCKS);
	ring_init(&s->archive, ARCHIVE_BLOCKS);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, THREAD_STACK);
	errno = pthread_create(&s->reader, &attr, reader_main, s);
	if (errno)
		return error_errno(err, "cannot start a thread");
	errno = pthread_create(&s->inflater, &attr, inflater_main, s);
	pthread_attr_destroy(&attr);
	if (errno)
		return error_errno(err, "cannot start a thread");
	return 0;
}

int stream_read(void *stream, const void **ret_bytes, size_t *ret_len, struct error *err)
{
	struct stream *s = stream;
	const unsigned char *block = ring_read(&s->archive, ret_len);

	if (block) {
		*ret_bytes = block;
		return 1;
	}
	/* The inflater wrote its error before it closed the ring. */
	if (s->inflater_error.code)
		return error_move(err, &s->inflater_error);
	return 0;
}

int stream_finish(struct stream *s, int applied, const struct digest *blob,
		  const struct digest *diff_id, struct error *err)
{
	size_t len;

	while (applied == 0 && ring_read(&s->archive, &len))
		continue;
	ring_cancel(&s->archive);
	pthread_join(s->inflater, NULL);
	pthread_join(s->reader, NULL);
	ring_release(&s->blob);
	ring_release(&s->archive);
	if (s->reader_error.code)
		return error_move(err, &s->reader_error);
	if (!digest_equal(&s->blob_digest, blob))
		return error_set(err, ERROR_VERIFY, "the blob's digest is %s, not %s",
				 s->blob_digest.text, blob->text);
	if (applied < 0)
		return -1;
	if (s->inflater_error.code)
		return error_move(err, &s->inflater_error);
	if (!digest_equal(&s->diff_id, diff_id))
		return error_set(err, ERROR_VERIFY, "the archive's digest (diff ID) is %s, not %s",
				 s->diff_id.text, diff_id->text);
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Theory of operation. HEX.part is created and locked by the first process; the others wait for
 * the lock, and lock_file_open_at() makes sure that the file they then hold still has that name. Only
 * the holder of the lock truncates, writes, renames or unlinks it, so a .part file without a lock
 * is what another run left, and the next one takes it over. Its bytes are the first ones of the blob, or
 * the digest tells.
 *
 * A new blob's part has a name that nobody else looks for, so that its lock tells collectors alone that somebody
 * is at it. Its digest is leased when it is known, and only then looked for (oci/lease.h): a blob of that digest
 * that is there stays, whatever a collector is about to do, and the part goes.
 *
 * The content is on the disk before the rename: after a power loss a blob is whole or absent. Its name
 * is on the disk when something names the blob (layout_sync_blobs()).
 */
#include "oci/blob.h"

#include "base/alloc.h"
#include "format/hash.h"
#include "system/lock.h"
#include "system/sync.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* How much is written between two hints to begin writing back: the sync at the end then finds
 * little left to do. */
#define FLUSH_STEP (8U << 20)

#define PARENT_MAX 32 /* of "blobs/sha256", with NUL */

#define COPY_CHUNK (64U << 10)

/* Bytes for one write to the file. libcurl hands bodies over 16 KB at a time and less: files that are
 * written so cost the kernel two to three times as much. More than this does not fit the cache that
 * the block is to be found in when it is hashed and then copied. */
#define BLOCK_SIZE (128U << 10)

/* What messages call the blob: its digest, or the name of its part before that is known. */
static const char *blob_label(const struct blob_writer *writer)
{
	return writer->digest.text[0] ? writer->digest.text : strrchr(writer->part_path, '/') + 1;
}

/* Write bytes to the file, and hash them. */
static int write_through(struct blob_writer *writer, const void *data, size_t len,
			 struct error *err)
{
	if (fd_write_all(writer->part.fd, data, len) < 0) {
		writer->is_spoiled = true;
		return error_errno(err, "cannot write blob %s in '%s'", blob_label(writer),
				   writer->layout->path);
	}
	file_hash_append(writer->hash, data, len);
	return 0;
}

/* Let all that was gathered be in the file. */
static int flush_block(struct blob_writer *writer, struct error *err)
{
	size_t len = writer->filled;

	writer->filled = 0;
	return len ? write_through(writer, writer->block, len, err) : 0;
}

static void release_content(struct blob_writer *writer)
{
	file_hash_free(writer->hash);
	writer->hash = NULL;
	free(writer->block);
	writer->block = NULL;
}

/* Is what came worth a later run's while? */
static bool leave_part(struct blob_writer *writer)
{
	return writer->leaves_part && writer->written && !writer->is_spoiled &&
	       flush_block(writer, NULL) == 0;
}

void blob_writer_release(struct blob_writer *writer)
{
	if (!writer)
		return;
	/* While the lock is held the name is ours. */
	if (writer->part.fd >= 0 && !leave_part(writer))
		unlinkat(writer->layout->dirfd, writer->part_path, 0);
	/* A thread may be reading the file. */
	release_content(writer);
	lock_file_release(&writer->part);
}

/* A blob is as open as the directory that it lies in: private in a store, readable where the
 * caller's umask made a readable layout. */
static int open_up(int dirfd, const char *parent, int fd, struct error *err)
{
	struct stat st;

	if (fstatat(dirfd, parent, &st, 0) < 0 || fchmod(fd, 0600 | (st.st_mode & 0044)) < 0)
		return error_errno(err, "cannot set the mode of a blob in '%s'", parent);
	return 0;
}

/* Make the directory of an algorithm's blobs. */
static int make_parent(const struct layout *layout, enum digest_algorithm algorithm,
		       char parent[PARENT_MAX], struct error *err)
{
	snprintf(parent, PARENT_MAX, "blobs/%s", digest_algorithm_name(algorithm));
	return dir_make_at(layout->dirfd, parent, 0777, err);
}

/* Hash what is in the file already. */
static int begin_hash(struct blob_writer *writer, struct error *err)
{
	writer->hash =
		file_hash_new(writer->part.fd, writer->written, writer->digest.algorithm, err);
	return writer->hash ? 0 : -1;
}

/* Take the part, which is locked, for ret; it has the bytes that ret says are written. */
static int begin_writing(const char *parent, struct lock_file *part, struct blob_writer *ret,
			 struct error *err)
{
	autoblobwriter struct blob_writer writer = *ret;

	writer.part = *part;
	*part = (struct lock_file)LOCK_FILE_INIT;
	if (open_up(writer.layout->dirfd, parent, writer.part.fd, err) < 0 ||
	    begin_hash(&writer, err) < 0)
		return -1;
	writer.block = xmalloc(BLOCK_SIZE);
	*ret = writer;
	writer = (struct blob_writer)BLOB_WRITER_INIT;
	return BLOB_READY;
}

static int start_writer(const struct layout *layout, const struct digest *digest, uint64_t size,
			enum blob_part_use use, enum lock_wait wait, struct blob_writer *ret,
			struct error *err)
{
	autolockfile struct lock_file part = LOCK_FILE_INIT;
	struct error part_err = { 0 };
	char path[BLOB_PART_PATH_MAX];
	uint64_t kept = 0;
	char parent[PARENT_MAX];

	if (layout_lease_blob(layout, digest, err) < 0)
		return -1;
	if (layout_has_blob(layout, digest, size))
		return BLOB_PRESENT;
	if (make_parent(layout, digest->algorithm, parent, err) < 0)
		return -1;
	if (blob_part_open(layout, digest, size, use, wait, &part, &kept, &part_err) < 0) {
		if (wait == LOCK_TRY && part_err.saved_errno == EWOULDBLOCK)
			return BLOB_BUSY;
		return error_move(err, &part_err);
	}
	if (layout_has_blob(layout, digest, size)) {
		unlinkat(layout->dirfd, blob_part_path(digest, path), 0);
		return BLOB_PRESENT;
	}
	*ret = (struct blob_writer) { .layout = layout,
				      .digest = *digest,
				      .size = size,
				      .written = kept,
				      .flushed = kept,
				      .leaves_part = use == BLOB_PART_CONTINUE,
				      .part = LOCK_FILE_INIT };
	blob_part_path(digest, ret->part_path);
	return begin_writing(parent, &part, ret, err);
}

int blob_start(const struct layout *layout, const struct digest *digest, uint64_t size,
	       struct blob_writer *ret, struct error *err)
{
	return start_writer(layout, digest, size, BLOB_PART_FRESH, LOCK_WAIT, ret, err);
}

int blob_try_start(const struct layout *layout, const struct digest *digest, uint64_t size,
		   struct blob_writer *ret, struct error *err)
{
	return start_writer(layout, digest, size, BLOB_PART_FRESH, LOCK_TRY, ret, err);
}

int blob_try_continue(const struct layout *layout, const struct digest *digest, uint64_t size,
		      struct blob_writer *ret, struct error *err)
{
	return start_writer(layout, digest, size, BLOB_PART_CONTINUE, LOCK_TRY, ret, err);
}

/* Begin the way of what is in the file to the disk, now and then. */
static void begin_writeback(struct blob_writer *writer)
{
	uint64_t in_file = writer->written - writer->filled;

	if (in_file - writer->flushed < FLUSH_STEP)
		return;
	sync_begin(writer->part.fd, (off_t)writer->flushed, (off_t)(in_file - writer->flushed));
	writer->flushed = in_file;
}

/* Add bytes to the block. What is as long as a block goes past it. */
static int gather_bytes(struct blob_writer *writer, const void *data, size_t len, struct error *err)
{
	if (len > BLOCK_SIZE - writer->filled && flush_block(writer, err) < 0)
		return -1;
	if (len >= BLOCK_SIZE)
		return write_through(writer, data, len, err);
	memcpy(writer->block + writer->filled, data, len);
	writer->filled += len;
	return 0;
}

int blob_write(struct blob_writer *writer, const void *data, size_t len, struct error *err)
{
	if (writer->size != UINT64_MAX && len > writer->size - writer->written)
		return error_set(err, ERROR_VERIFY, "blob %s is larger than the %llu bytes stated",
				 blob_label(writer), (unsigned long long)writer->size);
	if (gather_bytes(writer, data, len, err) < 0)
		return -1;
	writer->written += len;
	begin_writeback(writer);
	return 0;
}

static int verify_digest(const struct digest *want, const struct digest *got, struct error *err)
{
	if (digest_equal(want, got))
		return 0;
	return error_set(err, ERROR_VERIFY, "blob %s has the content of %s", want->text, got->text);
}

int blob_restart(struct blob_writer *writer, struct error *err)
{
	file_hash_free(writer->hash);
	writer->hash = NULL;
	writer->written = 0;
	writer->flushed = 0;
	writer->filled = 0;
	writer->is_verified = false;
	writer->is_spoiled = false;
	if (ftruncate(writer->part.fd, 0) < 0 || lseek(writer->part.fd, 0, SEEK_SET) < 0) {
		writer->is_spoiled = true;
		return error_errno(err, "cannot truncate the part of blob %s", blob_label(writer));
	}
	return begin_hash(writer, err);
}

/* Let all that was written be in the file, and tell its digest. */
static int finish_content(struct blob_writer *writer, struct digest *ret, struct error *err)
{
	if (writer->is_spoiled)
		return error_set(err, ERROR_VERIFY, "blob %s could not be written whole",
				 blob_label(writer));
	if (flush_block(writer, err) < 0)
		return -1;
	if (file_hash_finish(writer->hash, ret, err) < 0)
		return error_prefix(err, "blob %s", blob_label(writer));
	return 0;
}

/* The size, the way to the file, then the digest. */
static int verify_content(struct blob_writer *writer, struct error *err)
{
	struct digest got;

	if (!writer->is_spoiled && writer->size != UINT64_MAX && writer->written != writer->size)
		return error_set(err, ERROR_VERIFY,
				 "blob %s ended after %llu of the %llu bytes stated",
				 blob_label(writer), (unsigned long long)writer->written,
				 (unsigned long long)writer->size);
	if (finish_content(writer, &got, err) < 0)
		return -1;
	return verify_digest(&writer->digest, &got, err);
}

int blob_verify_written(struct blob_writer *writer, struct error *err)
{
	struct error failure = { 0 };

	if (writer->is_verified)
		return 0;
	if (verify_content(writer, &failure) == 0) {
		writer->is_verified = true;
		return 0;
	}
	if (error_is(&failure, ERROR_VERIFY) && blob_restart(writer, err) < 0)
		return -1;
	return error_move(err, &failure);
}

/* Bring the content to the disk, and give it the name of its digest. */
static int publish_blob(struct blob_writer *writer, struct error *err)
{
	char blob[LAYOUT_BLOB_PATH_MAX];

	if (sync_file(writer->part.fd, SYNC_CONTENT) < 0) {
		/* What the kernel could not write it may have forgotten by now. */
		writer->is_spoiled = true;
		return error_errno(err, "cannot sync blob %s", writer->digest.text);
	}
	if (renameat(writer->layout->dirfd, writer->part_path, writer->layout->dirfd,
		     layout_blob_path(&writer->digest, blob)) < 0)
		return error_errno(err, "cannot publish blob %s", writer->digest.text);
	release_content(writer);
	lock_file_release(&writer->part);
	return 0;
}

int blob_finish(struct blob_writer *writer, struct error *err)
{
	if (blob_verify_written(writer, err) < 0)
		return -1;
	return publish_blob(writer, err);
}

int blob_start_new(const struct layout *layout, enum digest_algorithm algorithm,
		   struct blob_writer *ret, struct error *err)
{
	autolockfile struct lock_file part = LOCK_FILE_INIT;
	struct blob_writer writer = { .layout = layout,
				      .digest = { .algorithm = algorithm },
				      .size = UINT64_MAX,
				      .part = LOCK_FILE_INIT };
	char parent[PARENT_MAX];

	if (make_parent(layout, algorithm, parent, err) < 0 ||
	    blob_part_open_new(layout, algorithm, writer.part_path, &part, err) < 0)
		return -1;
	*ret = writer;
	return begin_writing(parent, &part, ret, err);
}

int blob_finish_new(struct blob_writer *writer, struct descriptor *ret, struct error *err)
{
	const struct layout *layout = writer->layout;
	const uint64_t size = writer->written;
	struct digest digest;
	int state = BLOB_READY;

	if (finish_content(writer, &digest, err) < 0 || layout_lease_blob(layout, &digest, err) < 0)
		return -1;
	writer->digest = digest;
	if (layout_has_blob(layout, &digest, size)) {
		blob_writer_release(writer);
		state = BLOB_PRESENT;
	} else if (publish_blob(writer, err) < 0) {
		return -1;
	}
	*ret = (struct descriptor)DESCRIPTOR_INIT;
	ret->digest = digest;
	ret->size = size;
	return state;
}

int blob_put(const struct layout *layout, const char *media_type, const void *data, size_t len,
	     struct descriptor *ret, struct error *err)
{
	autoblobwriter struct blob_writer writer = BLOB_WRITER_INIT;
	struct digest digest;
	int state;

	if (hash_buffer(DIGEST_SHA256, data, len, &digest, err) < 0)
		return -1;
	state = blob_start(layout, &digest, len, &writer, err);
	if (state < 0)
		return -1;
	if (state == BLOB_READY &&
	    (blob_write(&writer, data, len, err) < 0 || blob_finish(&writer, err) < 0))
		return -1;
	*ret = (struct descriptor)DESCRIPTOR_INIT;
	ret->media_type = xstrdup(media_type);
	ret->digest = digest;
	ret->size = len;
	return 0;
}

int blob_check(const struct descriptor *descriptor, const void *bytes, size_t len,
	       struct error *err)
{
	struct digest got;

	if (hash_buffer(descriptor->digest.algorithm, bytes, len, &got, err) < 0)
		return -1;
	return verify_digest(&descriptor->digest, &got, err);
}

int blob_verify(const struct layout *layout, const struct descriptor *descriptor, struct error *err)
{
	autoclose int fd = layout_open_blob(layout, descriptor, err);
	autohash struct hash hash = HASH_INIT;
	autofree char *buffer = xmalloc(COPY_CHUNK);
	struct digest got;
	ssize_t n;

	if (fd < 0 || hash_start(&hash, descriptor->digest.algorithm, err) < 0)
		return -1;
	while ((n = fd_read_full(fd, buffer, COPY_CHUNK)) > 0)
		hash_update(&hash, buffer, (size_t)n);
	if (n < 0)
		return error_errno(err, "cannot read blob %s", descriptor->digest.text);
	hash_finish(&hash, &got);
	return verify_digest(&descriptor->digest, &got, err);
}

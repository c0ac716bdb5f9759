/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing blobs into a layout: verified while streaming, visible only when whole.
 *
 * A blob in the making is blobs/ALG/HEX.part (oci/blob_part.h), held by flock. Each new holder of the lock
 * looks again: the blob may have appeared meanwhile. What is written is gathered and goes to the file in
 * blocks, so a full disk may be noticed by a later blob_write() or by blob_finish(). Links libcrypto.
 *
 *	autoblobwriter struct blob_writer writer = BLOB_WRITER_INIT;
 *
 *	if (blob_try_continue(&layout, &digest, size, &writer, err) == BLOB_READY) {
 *		... get the bytes from writer.written on
 *		if (blob_write(&writer, bytes, len, err) < 0 || blob_finish(&writer, err) < 0) ...
 *	}
 */
#ifndef OCI_BLOB_H
#define OCI_BLOB_H

#include "format/file_hash.h"
#include "oci/blob_part.h"
#include "oci/layout.h"
#include "system/fd.h"
#include "system/lock.h"

#include <stdint.h>

struct blob_writer {
	const struct layout *layout; /* borrowed */
	struct digest
		digest; /* what it must be; of a new blob the algorithm alone, the text is empty */
	uint64_t size; /* bytes it must have; UINT64_MAX: not known */
	uint64_t written; /* bytes that are there: a part's, and what was given to blob_write() */
	uint64_t flushed; /* bytes whose way to the disk was begun */
	unsigned char *block; /* the last of these, not in the file and not hashed yet; owned */
	size_t filled; /* bytes of block */
	struct file_hash *hash; /* of what is in the file; owned */
	struct lock_file part; /* the .part file */
	char part_path[BLOB_PART_PATH_MAX]; /* in the layout */
	bool leaves_part; /* for a later run, when the blob is not finished */
	bool is_spoiled; /* what is in the file is of no use to any run */
	bool is_verified; /* it has its size and its digest */
};

#define BLOB_WRITER_INIT \
	{ \
		.part = LOCK_FILE_INIT \
	}

/* Releasing before blob_finish() or blob_finish_new() removes the .part file; a writer of blob_try_continue() leaves
 * what came in it for a later run, unless that was wrong or could not be written. */
void blob_writer_release(struct blob_writer *writer);
#define autoblobwriter autocleanup(blob_writer_release)

/* What blob_start() found. */
enum blob_state {
	BLOB_READY, /* the writer is ours: write, then finish */
	BLOB_PRESENT, /* the blob is there already: nothing to do */
	BLOB_BUSY, /* another process is making it (blob_try_start() only) */
};

/* Lease the blob and begin, waiting for a process that is making the same blob. Returns an enum blob_state
 * (so 1 when the blob is there already, 0 when the writer is ready), -1 on failure. */
int blob_start(const struct layout *layout, const struct digest *digest, uint64_t size,
	       struct blob_writer *ret, struct error *err);

/* The same without waiting: BLOB_BUSY instead. Callers that must notice signals poll with it. */
int blob_try_start(const struct layout *layout, const struct digest *digest, uint64_t size,
		   struct blob_writer *ret, struct error *err);

/* The same for a blob whose part may be continued: writer.written says from where on bytes are wanted. What
 * is there is hashed by a thread meanwhile. */
int blob_try_continue(const struct layout *layout, const struct digest *digest, uint64_t size,
		      struct blob_writer *ret, struct error *err);

/* More bytes than the size says is ERROR_VERIFY. */
int blob_write(struct blob_writer *writer, const void *data, size_t len, struct error *err);

/* Forget what is there: it is written anew, from the first byte on. */
int blob_restart(struct blob_writer *writer, struct error *err);

/* Has what was written the digest and the size? ERROR_VERIFY when not, and the writer begins anew as by
 * blob_restart(). */
int blob_verify_written(struct blob_writer *writer, struct error *err);

/* Verify unless that was done, bring the content to the disk, then publish by rename. */
int blob_finish(struct blob_writer *writer, struct error *err);

/*
 * A new blob, whose digest is known when all of it was written:
 *
 *	autoblobwriter struct blob_writer writer = BLOB_WRITER_INIT;
 *	autodescriptor struct descriptor descriptor = DESCRIPTOR_INIT;
 *
 *	if (blob_start_new(&layout, DIGEST_SHA256, &writer, err) < 0 ||
 *	    blob_write(&writer, bytes, len, err) < 0 ||		// as often as it takes
 *	    blob_finish_new(&writer, &descriptor, err) < 0) ...
 *
 * It is made in a file of its own, blobs/ALG/new-RANDOM.part, that no other run waits for or continues: a
 * writer that is released before the end removes it, one that was killed leaves it to the collector.
 */
int blob_start_new(const struct layout *layout, enum digest_algorithm algorithm,
		   struct blob_writer *ret, struct error *err);

/* All of it was written: lease what it is, bring it to the disk, publish it by rename; or take the blob that is
 * there already. ret, which must be empty, gets the digest and the size; its media type is the caller's to
 * set. The writer is empty after success. Returns BLOB_PRESENT where the blob was there, else BLOB_READY (0),
 * -1 on failure. A file that lost bytes to a full disk is refused, even when the disk has room by now. */
int blob_finish_new(struct blob_writer *writer, struct descriptor *ret, struct error *err);

/* A small blob of ours: hash, write, publish; its digest and size go to ret (media_type copied). */
int blob_put(const struct layout *layout, const char *media_type, const void *data, size_t len,
	     struct descriptor *ret, struct error *err);

/* Have these bytes the digest of the descriptor? ERROR_VERIFY when not. For layout->check. */
int blob_check(const struct descriptor *descriptor, const void *bytes, size_t len,
	       struct error *err);

/* Recompute the digest of a blob that is there; ERROR_VERIFY when it is another. */
int blob_verify(const struct layout *layout, const struct descriptor *descriptor,
		struct error *err);

#endif

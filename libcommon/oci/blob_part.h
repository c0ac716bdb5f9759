/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The file in which a blob is made, blobs/ALG/HEX.part: held by its writer (flock), and continued by the next
 * one when its writer could not end it.
 *
 * Nothing in it is believed before the whole has its digest. It is taken over where it can only be of this
 * user: a regular file with one name that nobody else may write to. Anything else that has the name is
 * replaced under its lock, so that neither a link leads to another file of ours nor a descriptor of another
 * user's to the blob. A symbolic link, which cannot be locked, is an error.
 *
 * A blob whose digest its writer learns at the end is made in blobs/ALG/new-RANDOM.part, which is held in the
 * same way. Nobody continues it: without a lock it is of no use any more.
 */
#ifndef OCI_BLOB_PART_H
#define OCI_BLOB_PART_H

#include "oci/layout.h"
#include "system/lock.h"

#include <stdint.h>

/* "blobs/sha256/9f86....part" in a caller's buffer. */
#define BLOB_PART_PATH_MAX (LAYOUT_BLOB_PATH_MAX + 8)
const char *blob_part_path(const struct digest *digest, char path[BLOB_PART_PATH_MAX]);

/* What becomes of the bytes that are there. */
enum blob_part_use {
	BLOB_PART_FRESH, /* cut */
	BLOB_PART_CONTINUE, /* those at the beginning stay, when they can be those of a blob of the size */
};

/* Open and lock the part, whose directory is there. ret_kept: bytes that stayed; the file ends behind them,
 * and so is its offset. LOCK_TRY fails with saved_errno EWOULDBLOCK while another process has the lock. */
int blob_part_open(const struct layout *layout, const struct digest *digest, uint64_t size,
		   enum blob_part_use use, enum lock_wait wait, struct lock_file *ret,
		   uint64_t *ret_kept, struct error *err);

/* Make and lock a part of a new name, with no bytes, whose directory is there; path gets where. */
int blob_part_open_new(const struct layout *layout, enum digest_algorithm algorithm,
		       char path[BLOB_PART_PATH_MAX], struct lock_file *ret, struct error *err);

/* Is what has that name in blobs/ALG/ made by blob_part_open_new()? */
bool blob_part_is_new(const char *name);

/* How many bytes of a blob of that size its part has, about: only looks. 0 when there is none. */
uint64_t blob_part_bytes(const struct layout *layout, const struct digest *digest, uint64_t size);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A layer's blob made of the tar archive in it, in one pass: the inverse of layer/stream.h.
 *
 *	caller: archive_write()			the archive's bytes, as they come
 *	  | ring of blocks			| ring of pieces
 *	thread: digest of the archive		threads: compressing, piece by piece (format/compress.h)
 *	(the diff ID)				  | in order
 *						caller: blob_write(): digest of the blob; the layout's file
 *
 *	autoblobwriter struct blob_writer blob = BLOB_WRITER_INIT;
 *	autoarchive struct archive *archive = NULL;
 *
 *	if (blob_start_new(&layout, DIGEST_SHA256, &blob, err) < 0 ||
 *	    !(archive = archive_new(&options, &blob, err)) ||
 *	    archive_write(archive, bytes, len, err) < 0 ||
 *	    archive_finish(archive, &diff_id, err) < 0 ||
 *	    blob_finish_new(&blob, &descriptor, err) < 0) ...
 *
 * Memory is that of the compressor and 1 MiB. Links libcrypto, libdeflate and libzstd.
 */
#ifndef LAYER_ARCHIVE_H
#define LAYER_ARCHIVE_H

#include "format/compress.h"
#include "oci/blob.h"

struct archive;

/* New; the blob's writer is borrowed. Both digests have the blob's algorithm. NULL with err when there is no
 * memory. Threads are started by the first bytes, so that a caller may fork before: a child that is forked beside
 * threads can find locks that nobody will open. */
struct archive *archive_new(const struct compress_options *options, struct blob_writer *blob,
			    struct error *err);
/* Ends the threads, to be called before the blob's writer is released; NULL is nothing. */
void archive_free(struct archive *archive);
static inline void archive_cleanup(struct archive **archive)
{
	archive_free(*archive);
}
#define autoarchive autocleanup(archive_cleanup)

/* More of the archive, in pieces of any length. What failed behind it, as writing to the disk, is told here or
 * by archive_finish(); archive_free() alone may follow. */
int archive_write(struct archive *archive, const void *bytes, size_t len, struct error *err);

/* The end of the archive: all of the blob was given to its writer. ret is the digest of the archive. */
int archive_finish(struct archive *archive, struct digest *ret, struct error *err);

/* The media type of a layer that was compressed so (oci/media_type.h). */
const char *archive_media_type(enum compression compression);

#endif

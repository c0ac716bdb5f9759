/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A layer's blob made of the tar archive in it, in one pass: the inverse of layer/stream.h.
 *
 *	caller: archive_write()			the archive's bytes, as they come
 *	  | ring of blocks
 *	threads: digest of the archive (the diff ID); compressing, piece by piece
 *	  | in order
 *	blob_write(): digest of the blob; the layout's file
 *
 *	autoblobwriter struct blob_writer blob = BLOB_WRITER_INIT;
 *	autoarchive struct archive *archive = NULL;
 *
 *	if (blob_start_new(&layout, DIGEST_SHA256, &blob, err) < 0 ||
 *	    !(archive = archive_new(&options, &blob, err)) ||
 *	    archive_write(archive, bytes, len, err) < 0 ||
 *	    archive_finish(archive, &diff_id, err) < 0 ||
 *	    blob_finish_new(&blob, &descriptor, err) < 0) ...
 */
#ifndef LAYER_ARCHIVE_H
#define LAYER_ARCHIVE_H

#include "format/compress.h"
#include "oci/blob.h"

struct archive;

/* New; the blob's writer is borrowed. */
struct archive *archive_new(const struct compress_options *options, struct blob_writer *blob,
			    struct error *err);
/* Ends the threads; NULL is nothing. */
void archive_free(struct archive *archive);
static inline void archive_cleanup(struct archive **archive)
{
	archive_free(*archive);
}
#define autoarchive autocleanup(archive_cleanup)

/* More of the archive. What failed behind it is told here, or by archive_finish(). */
int archive_write(struct archive *archive, const void *bytes, size_t len, struct error *err);

/* The end of the archive: all of the blob was written. ret is the digest of the archive. */
int archive_finish(struct archive *archive, struct digest *ret, struct error *err);

/* The media type of a layer that was compressed so (oci/media_type.h). */
const char *archive_media_type(enum compression compression);

#endif

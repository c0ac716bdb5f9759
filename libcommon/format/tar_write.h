/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing tar archives, in one canonical form: the same entries are the same bytes on every machine and with
 * every version of every library.
 *
 *	autotarwriter struct tar_writer *tar = tar_writer_new(write, sink);
 *
 *	if (tar_write_entry(tar, &entry, err) < 0 ||
 *	    tar_write_data(tar, bytes, len, err) < 0 ||		// entry.size bytes in all
 *	    tar_write_end(tar, err) < 0) ...
 *
 * An entry is a ustar header where everything fits, and else has one pax extended header before it, of only
 * the records that are needed, sorted by keyword: path, linkpath, size, uid, gid, SCHILY.xattr.*. Times are
 * whole seconds, a part of a second is cut off; names of users and groups are empty; access and change times
 * are not there. A path that needs a record stands in the header cut, so that its bytes do not depend on
 * anything but the entry. Directories' paths end with a slash.
 *
 * Whatever format/tar.h would refuse is refused here: it would be of no use to anybody.
 */
#ifndef FORMAT_TAR_WRITE_H
#define FORMAT_TAR_WRITE_H

#include "format/tar.h"

/* Where the archive's bytes go. < 0 ends it, with err set. */
typedef int (*tar_sink)(void *sink, const void *bytes, size_t len, struct error *err);

struct tar_writer;

/* New. sink is passed on to write, and borrowed. */
struct tar_writer *tar_writer_new(tar_sink write, void *sink);
void tar_writer_free(struct tar_writer *writer);
static inline void tar_writer_cleanup(struct tar_writer **writer)
{
	tar_writer_free(*writer);
}
#define autotarwriter autocleanup(tar_writer_cleanup)

/* Begin an entry, of a file with size bytes of content that tar_write_data() brings. All the content of the
 * entry before must have been written. ERROR_FAILED, and nothing was written, for what cannot be an entry. */
int tar_write_entry(struct tar_writer *writer, const struct tar_entry *entry, struct error *err);

/* The same for a file whose content is in pieces, the rest being holes (GNU's format 1.0 of sparse files in
 * pax archives): tar_write_data() brings the bytes of the pieces, one after the other. They ascend, do not
 * touch each other, and end within entry->size. */
int tar_write_sparse_entry(struct tar_writer *writer, const struct tar_entry *entry,
			   const struct tar_segment *segments, size_t n_segments,
			   struct error *err);

/* More of the entry's content. */
int tar_write_data(struct tar_writer *writer, const void *bytes, size_t len, struct error *err);

/* Bytes of the entry's content that are still to come. */
uint64_t tar_write_missing(const struct tar_writer *writer);

/* The end of the archive: two blocks of zeros. */
int tar_write_end(struct tar_writer *writer, struct error *err);

#endif

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
 * The form:
 *
 *	- An entry is a ustar header where everything fits, and else has one pax extended header before it, of
 *	  only the records that are needed, sorted by keyword: GNU.sparse.*, SCHILY.xattr.*, gid, hdrcharset
 *	  (where a name in a record is no UTF-8), linkpath, mtime, path, size, uid. The extended header's own
 *	  name is always the same.
 *	- A path of more than 100 bytes is split at the first slash that leaves 100 bytes or less behind it,
 *	  when 155 or less are before it; else it is a record. What is a record stands in the header as 0, a
 *	  name as its first 100 bytes without a slash at their end (which readers took for a directory's).
 *	- Directories' paths end with a slash, which is added where it is missing.
 *	- Times are whole seconds, a part of a second is cut off. There are no names of users and groups, no
 *	  access and change times, and of mode only the bits 07777. Names are bytes.
 *	- A file that is told as sparse and has no hole is an ordinary one.
 *
 * Whatever format/tar.h would refuse is refused here, because nobody could use it; so is what readers
 * understand differently: a slash at the end of what is no directory, an attribute's name with '=' in it,
 * an attribute that is there twice.
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

/* Begin an entry, of a file with entry->size bytes of content that tar_write_data() brings; what is no file has
 * no content, whatever its size says. All the content of the entry before must have been written. ERROR_FAILED,
 * and nothing was written, for what cannot be an entry. */
int tar_write_entry(struct tar_writer *writer, const struct tar_entry *entry, struct error *err);

/* The same for a file whose content is in pieces, the rest being holes (GNU's format 1.0 of sparse files in
 * pax archives): tar_write_data() brings the bytes of the pieces, one after the other. They ascend, are not
 * empty, do not touch each other, end within entry->size, and are fewer than TAR_SEGMENTS_MAX. */
int tar_write_sparse_entry(struct tar_writer *writer, const struct tar_entry *entry,
			   const struct tar_segment *segments, size_t n_segments,
			   struct error *err);

/* More of the entry's content; more than is missing is an error. */
int tar_write_data(struct tar_writer *writer, const void *bytes, size_t len, struct error *err);

/* Bytes of the entry's content that are still to come. */
uint64_t tar_write_missing(const struct tar_writer *writer);

/* The end of the archive: two blocks of zeros. */
int tar_write_end(struct tar_writer *writer, struct error *err);

#endif

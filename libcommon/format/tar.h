/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading tar archives (POSIX ustar and pax, GNU, v7) entry by entry from a stream, made for
 * archives of strangers: what two readers could understand differently is refused, not guessed.
 *
 *	struct tar_reader *tar = tar_reader_new(read_block, source);
 *	const struct tar_entry *entry;
 *	int more;
 *
 *	while ((more = tar_next(tar, &entry, err)) > 0)
 *		while ((more = tar_data(tar, &data, err)) > 0)
 *			pwrite(fd, data.bytes, data.len, data.offset);
 *
 * Names are bytes: no character set, no normalisation, no locale. Memory is bounded by the limits
 * below. Why not libarchive: it applies or drops global headers, repeated extended headers and
 * sizes of entries without content in its own way without telling, converts names by locale, and
 * costs 5 ms to load.
 *
 * Refused: an extended header's size on an entry that has no content, two extended headers or two
 * long names for one entry, a long name that contradicts an extended header, global headers that
 * change entries, a lone zero block amid the archive, names with NUL bytes, unknown entry types.
 */
#ifndef FORMAT_TAR_H
#define FORMAT_TAR_H

#include "base/cleanup.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#define TAR_NAME_MAX 4095 /* bytes of a path or link target, as PATH_MAX */
#define TAR_EXTENSION_MAX (1U << 20) /* bytes of an extended header */
#define TAR_XATTRS_MAX 128 /* of one entry */
#define TAR_SEGMENTS_MAX (1U << 17) /* pieces of a sparse file */

enum tar_type {
	TAR_FILE,
	TAR_HARDLINK,
	TAR_SYMLINK,
	TAR_CHAR,
	TAR_BLOCK,
	TAR_DIRECTORY,
	TAR_FIFO,
};

struct tar_xattr {
	const char *name;
	const void *value;
	size_t len;
};

struct tar_segment {
	uint64_t offset; /* in the file */
	uint64_t len;
};

/* Everything is borrowed from the reader and valid until its next tar_next(). */
struct tar_entry {
	enum tar_type type;
	const char *path; /* as it stands in the archive; never empty */
	const char *link; /* hardlink: path of the target; symlink: its content */
	uint32_t mode; /* permission bits, set-ID and sticky bits */
	uint32_t uid;
	uint32_t gid;
	uint64_t size; /* of the file as it will be, holes included */
	struct timespec mtime;
	uint32_t major, minor; /* of devices */
	const struct tar_xattr *xattrs;
	size_t n_xattrs;
};

/* A piece of a file's content; what lies between pieces is a hole. */
struct tar_data {
	const void *bytes;
	size_t len;
	uint64_t offset;
};

/* Give the next bytes of the archive, valid until the next call. 1: there are some, 0: the end,
 * -1: err is set. */
typedef int (*tar_source)(void *source, const void **ret_bytes, size_t *ret_len, struct error *err);

struct tar_reader;

/* New. source is passed on to read, and borrowed. */
struct tar_reader *tar_reader_new(tar_source read, void *source);
void tar_reader_free(struct tar_reader *reader);
static inline void tar_reader_cleanup(struct tar_reader **reader)
{
	tar_reader_free(*reader);
}
#define autotarreader autocleanup(tar_reader_cleanup)

/* The next entry; content of the one before that was not read is skipped. 1: an entry, 0: the end
 * of the archive (bytes behind it are not read), -1: damaged, truncated or refused. */
int tar_next(struct tar_reader *reader, const struct tar_entry **ret, struct error *err);

/* The next piece of the entry's content, in order. 1: a piece, 0: the end, -1. */
int tar_data(struct tar_reader *reader, struct tar_data *ret, struct error *err);

#endif

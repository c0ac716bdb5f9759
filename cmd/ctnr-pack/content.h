/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The content of a file while somebody may be writing to it.
 *
 * An entry's size stands before its content, and what was handed on cannot be taken back. So a file of up to
 * CONTENT_WHOLE_MAX bytes is read whole before its entry is begun: when its size or times are others afterwards, it
 * is read once more, and then it is an error. A larger one is handed on as it is read: when it has changed
 * meanwhile the archive is void (is_torn), and all of it is made once more by who can begin again (changes.h).
 * Copying each large file first would cost as much as packing it, for what happens to few.
 *
 * The kernel notes the time of a change in ticks of a few milliseconds. A file that was changed in this very tick
 * may be changed once more without another time; so reading begins in the next. What a process writes through a
 * mapping that it has written to before is not seen.
 */
#ifndef CTNR_PACK_CONTENT_H
#define CTNR_PACK_CONTENT_H

#include "format/tar_write.h"

#include <sys/stat.h>

#define CONTENT_WHOLE_MAX (1U << 20) /* bytes */
#define CONTENT_HOLES_MAX (64U << 20) /* bytes of holes in a file that are written as zeros */

struct content {
	char *buffer; /* NULL until it is used; CONTENT_WHOLE_MAX + 1 bytes */
	struct tar_segment *segments; /* of a sparse file */
	size_t n_segments;
	size_t segments_capacity;
	bool is_torn; /* an entry has content of more than one time */
};

void content_release(struct content *content);

/* Stat an open file, and wait until a change of it would be seen. 1, or 0 when it is changed all the time. */
int content_stat(int fd, struct stat *ret, struct error *err);

/* Is the file of which st was taken still the same? 1, 0, -1. */
int content_is_unchanged(int fd, const struct stat *st, struct error *err);

/* Does a file of that size fit into the buffer? */
bool content_is_small(const struct stat *st);

/* Read a small file whole into the buffer. 1, or 0 when it has another size. */
int content_read_small(struct content *content, int fd, const struct stat *st, struct error *err);

/* Find the pieces of a large file between its holes. 1: it has more holes than are written; 0: it has not. */
int content_find_holes(struct content *content, int fd, const struct stat *st, struct error *err);

/* Hand on a large file whose entry was begun, or (is_sparse) the pieces of one. */
int content_write_large(struct content *content, int fd, const struct stat *st, bool is_sparse,
			struct tar_writer *tar, struct error *err);

#endif

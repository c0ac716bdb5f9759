/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files of owners (layer/owners.h) in memory, where the last record of each path is found at once:
 *
 *	autoownersstack struct owners_stack owners = OWNERS_STACK_INIT(stack.dirfds, stack.n_dirfds);
 *
 *	if (owners_stack_find(&owners, 0, "etc/passwd", &record, err) > 0) ...
 *
 * A file is trusted no more than an image: its size is limited, a damaged line is an error, and the
 * time of looking up does not depend on the paths that somebody chose.
 */
#ifndef LAYER_OWNERS_TABLE_H
#define LAYER_OWNERS_TABLE_H

#include "layer/owners.h"

#define OWNERS_MAX (64U << 20) /* bytes of a file that is read, and of all that are kept at once */

struct owners_table {
	struct str text;
	uint32_t *slots; /* open addressing: offset of a line in text + 1; 0: empty */
	size_t capacity; /* a power of two, or 0 */
	size_t len;
	uint64_t seed; /* of the hash, so that an image cannot choose paths that collide */
};

#define OWNERS_TABLE_INIT \
	{ \
		.text = STR_INIT \
	}

void owners_table_release(struct owners_table *table);

/* Note one more line, with its newline: it is the last one for its path. */
void owners_table_add(struct owners_table *table, const char *line, size_t len);

/* Read an open file from its beginning. An error names the damaged line. */
int owners_table_read(struct owners_table *ret, int fd, struct error *err);

/* The last record of a path (as owners_format() takes it); false when there is none. */
bool owners_table_find(const struct owners_table *table, const char *path,
		       struct owners_record *ret);

/* The files beside the directories of a stack, each read when it is first asked for; those that
 * were read are kept while together they are not larger than OWNERS_MAX. */
struct owners_stack {
	const int *dirfds; /* borrowed */
	size_t n_dirfds;
	struct owners_table *tables; /* NULL: nothing was read yet */
	bool *is_read;
	size_t kept; /* bytes */
	const int *
		files; /* borrowed: the files, opened before, -EBADF where there is none; NULL: "../owners" */
};

#define OWNERS_STACK_INIT(dirfds, n_dirfds) \
	{ \
		dirfds, n_dirfds, NULL, NULL, 0, NULL \
	}

void owners_stack_release(struct owners_stack *stack);
#define autoownersstack autocleanup(owners_stack_release)

/* The record of a path in the directory number index. 1 when there is one, 0 when not. */
int owners_stack_find(struct owners_stack *stack, size_t index, const char *path,
		      struct owners_record *ret, struct error *err);

#endif

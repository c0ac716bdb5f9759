/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Giving objects their owners, and noting what the disk cannot have in a file of owners
 * (layer/owners.h). With an ID map the owner is on disk; with one ID it is an attribute, or a line
 * where there can be none: of a symlink or FIFO, and of everything on a filesystem without attributes.
 *
 * Lines are appended; one about an object that took the place of another makes the older one void,
 * so that no record outlives what it was about.
 */
#ifndef LAYER_OWNERS_WRITER_H
#define LAYER_OWNERS_WRITER_H

#include "layer/owners_table.h"

#include <errno.h>

struct owners_writer {
	const struct identity *identity; /* borrowed */
	int fd; /* open for appending and reading; borrowed */
	struct str buffer; /* lines that are not written yet */
	bool has_records; /* the file has lines, or will have */
	bool is_for_all; /* files and directories have lines too: there are no attributes for their owners */
	bool has_table;
	struct owners_table table; /* once a record was looked up: what the file has */
};

#define OWNERS_WRITER_INIT \
	{ \
		.fd = -EBADF, .buffer = STR_INIT, .table = OWNERS_TABLE_INIT \
	}

/* fd is of an empty file, or of one to which more is added. Releasing does not write what waits. */
void owners_writer_init(struct owners_writer *writer, const struct identity *identity, int fd);
void owners_writer_release(struct owners_writer *writer);

/* Add a record for a path, which may wait in memory until owners_writer_flush(). */
int owners_writer_add(struct owners_writer *writer, const struct owners_record *record,
		      const char *path, struct error *err);

/* Write what is buffered. */
int owners_writer_flush(struct owners_writer *writer, struct error *err);

/* The last record that was added for a path, also before the writer was made. 1 when there is one,
 * 0 when not. */
int owners_writer_find(struct owners_writer *writer, const char *path, struct owners_record *ret,
		       struct error *err);

/* What is known of the owner on disk of an object before it gets its own. */
enum owner_before {
	OWNER_BEFORE_OURS, /* it was just made where nothing was: 0:0 */
	OWNER_BEFORE_UNKNOWN, /* something was there before, or the directory hands on its group */
};

struct owned_object {
	char type;
	const char *path;
	struct owner owner;
	enum owner_before before;
};

/* Give an open file or directory its owner: on disk, by attribute or by a line. */
int owners_writer_apply(struct owners_writer *writer, int fd, const struct owned_object *object,
			struct error *err);

/* The same for what cannot be opened: a symlink, FIFO or device. */
int owners_writer_apply_at(struct owners_writer *writer, int dirfd, const char *name,
			   const struct owned_object *object, struct error *err);

#endif

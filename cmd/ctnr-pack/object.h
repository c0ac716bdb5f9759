/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One object of a container's tree as an entry of a layer's archive.
 *
 *	object_writer_init(&writer, &(struct object_source) { ... }, tar);
 *	while ((event = stack_walk_next(&walk, err)) > 0) {
 *		const struct object object = object_of_walk(&walk);
 *
 *		if (event != STACK_WALK_LEAVE && object_write(&writer, &object, err) < 0) ...
 *	}
 *
 *	owner		as the container sees it; with one ID from the attribute, else from a record, else 0:0
 *	time		whole seconds, none after the latest
 *	attributes	by the rules of layer/xattr.h; security.capability in revision 2
 *	other names	of one file are hardlinks to the first that was written, of the same owner, mode, time and
 *			capability, because readers set them again
 *	holes		zeros up to 64 MiB in a file; with more it is a sparse entry, and a warning names it
 *	placeholder	the device that it stands for (layer/owners.h)
 *	socket		left out, with a warning
 *	.wh.NAME	an error: it would delete NAME in every image that is made of the layer
 *
 * Nothing is followed, and nothing but files and directories is opened. A file or link that is gone when it is
 * read is left out, as if it had been gone before; how one is found out that changes while it is read is told in
 * content.h.
 *
 * A whiteout's entry is an empty file of mode 0, of 0:0 and time 0, as an opaque mark's is: the name is all that
 * readers take of them.
 */
#ifndef CTNR_PACK_OBJECT_H
#define CTNR_PACK_OBJECT_H

#include "content.h"
#include "link_names.h"
#include "records.h"
#include "report.h"

#include "format/tar_write.h"
#include "layer/object_xattr.h"
#include "layer/stack_walk.h"
#include "system/id_view.h"

/* Where objects come from; everything is borrowed. */
struct object_source {
	const struct id_view *ids;
	struct records *records;
	struct reporter *reporter;
	enum xattr_route route; /* layer to plain, or plain to plain */
	int64_t latest; /* seconds since 1970: times after it become it */
};

struct object_writer {
	struct object_source source;
	struct tar_writer *tar; /* borrowed */
	uint64_t n_entries;
	struct link_names links;
	struct object_xattrs xattrs; /* of the object at hand */
	struct content content;
	bool names_object; /* the error of a refused entry has the path already */
};

void object_writer_init(struct object_writer *writer, const struct object_source *source,
			struct tar_writer *tar);
void object_writer_release(struct object_writer *writer);
#define autoobjectwriter autocleanup(object_writer_release)

struct object {
	const char *path; /* from the root, without a slash in front; "" is the root */
	const char *name; /* in dirfd */
	int dirfd; /* the directory that holds it; for a directory itself */
	const struct stat *stat;
	size_t layer; /* which of the stack's has it */
};

/* What an event is about. */
static inline struct object object_of_walk(const struct stack_walk *walk)
{
	return (struct object) { walk->path.data, walk->name, walk->dirfd, walk->stat,
				 walk->layer };
}

/* Write its entry; errors name the object. Of a directory's content nothing is written. */
int object_write(struct object_writer *writer, const struct object *object, struct error *err);

/* Write the entry that deletes what the image has at path. */
int object_write_whiteout(struct object_writer *writer, const char *path, struct error *err);

/* Write the entry that deletes all that the image has in the directory at path, which was written just before. */
int object_write_opaque(struct object_writer *writer, const char *path, struct error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One layer's archive, applied entry by entry (image-spec layer.md, "Applying Changesets").
 *
 * In overlay form the layer's own directory gets what the archive has, deletions as the overlay
 * marks them. In plain form the archive is applied to the tree that the layers before it left.
 *
 * Invariants, whatever the archive says: everything is made beneath the top directory; the root is
 * never replaced; nothing is written through a symlink or into a file that was there before.
 */
#ifndef CTNR_UNPACK_WORKERS_LAYER_LAYER_H
#define CTNR_UNPACK_WORKERS_LAYER_LAYER_H

#include "workers/layer/made.h"
#include "workers/layer/owner.h"
#include "workers/layer/view.h"
#include "workers/layer/xattr.h"

#include "format/tar.h"

#define LAYER_ENTRIES_MAX 4000000U

#define WHITEOUT_PREFIX ".wh."
#define WHITEOUT_META_PREFIX ".wh..wh."
#define WHITEOUT_OPAQUE ".wh..wh..opq"

enum layer_form {
	LAYER_OVERLAY,
	LAYER_PLAIN,
};

struct layer {
	enum layer_form form;
	bool is_base; /* there is nothing below, or nothing was there before */
	bool can_make_devices;
	struct view view;
	struct owners owners;
	struct xattrs xattrs;
	struct made made; /* not of a base */
	uint32_t n_entries;
};

/* Where an entry goes. */
struct place {
	struct view_dir *dir;
	const char *name;
	const char *path; /* canonical: the directory's and the name */
};

/* Write into top over the finished layers below (their "diff" directories, top first). owners_fd
 * is the open file of owners. All is borrowed. */
int layer_init(struct layer *layer, enum layer_form form, const struct identity *identity, int top,
	       const int *lowers, size_t n_lowers, int owners_fd, struct error *err);
void layer_release(struct layer *layer);

/* Apply all entries. tick (may be NULL) is called now and then. */
int layer_apply(struct layer *layer, struct tar_reader *tar, void (*tick)(void *data), void *data,
		struct error *err);

/* entry.c: make what an entry describes, in place of what is there. */
int entry_make(struct layer *layer, const struct place *place, const struct tar_entry *entry,
	       struct tar_reader *tar, struct error *err);
int entry_set_root(struct layer *layer, const struct tar_entry *entry, struct error *err);

/* link.c: path is the entry's name, cleaned, of which the last component is name. */
int link_make(struct layer *layer, const char *path, size_t parent_len, const char *name,
	      const struct tar_entry *entry, struct error *err);

/* whiteout.c: name is what stands behind the prefix, NULL: all that was there before. */
int whiteout_apply(struct layer *layer, struct view_dir *dir, const char *name, struct error *err);

/* The components of a name from an archive, joined by single slashes; "" is the root. A ".." is an
 * error: archivers do not write it, and readers disagree on what it means. */
int layer_clean_path(const char *path, struct str *ret, struct error *err);

#endif

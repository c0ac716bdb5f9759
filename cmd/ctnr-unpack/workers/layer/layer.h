/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One layer while its archive is applied to a directory.
 *
 * In overlay form that directory gets what the archive has, deletions as the overlay marks them.
 * In plain form the archive is applied to the tree that the layers before it left.
 *
 * Invariants, whatever the archive says: everything is made beneath the top directory; the root is
 * never replaced; nothing is written through a symlink or into a file that was there before.
 *
 * changeset.h goes through the entries; entry.h, link.h and whiteout.h do what one asks for.
 */
#ifndef CTNR_UNPACK_WORKERS_LAYER_LAYER_H
#define CTNR_UNPACK_WORKERS_LAYER_LAYER_H

#include "workers/layer/entry_xattr.h"

#include "layer/owners_writer.h"
#include "layer/path_set.h"
#include "layer/view.h"

enum layer_form {
	LAYER_OVERLAY,
	LAYER_PLAIN,
};

struct layer {
	enum layer_form form;
	bool is_base; /* there is nothing below, or nothing was there before */
	bool can_make_devices;
	bool is_root_hidden; /* in overlay form: every name of the layers below has its mark */
	struct view view;
	struct owners_writer owners;
	struct owners_stack owners_below; /* of the finished layers */
	struct entry_xattrs xattrs;
	struct path_set own_paths; /* what this layer made; not of a base */
	struct path_set cleared; /* directories that hold nothing else any more */
};

/* Where an entry goes. */
struct place {
	struct view_dir *dir;
	const char *name;
	const char *path; /* canonical: the directory's and the name */
};

/* Where a layer is written. All is borrowed. */
struct layer_target {
	enum layer_form form;
	int top; /* the directory to fill */
	int owners_fd; /* the open file of owners */
	const int *lowers; /* the "diff" directories of the finished layers below, top first */
	size_t n_lowers;
};

int layer_init(struct layer *layer, const struct layer_target *target,
	       const struct identity *identity, struct error *err);
void layer_release(struct layer *layer);

#endif

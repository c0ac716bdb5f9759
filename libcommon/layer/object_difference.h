/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What differs between two objects that have the same path in two trees, as far as an image can say it:
 *
 *	type		a placeholder is the device that it stands for (layer/owners.h)
 *	metadata	mode (not of a symlink, which has none), owner (on disk; with one ID as data, else 0:0),
 *			attributes (layer/xattr.h)
 *	time		by whole seconds, because a layer has no more of it
 *	content		of files, target of a symlink, numbers of a device
 *
 * The first difference that is found is told; the rest is not looked at then. Content of equal size is read last, and
 * decides: no time does.
 *
 * Both trees may be hostile, and change meanwhile. Nothing is opened but files and directories, and no link is
 * followed; what is gone or something else when it is opened differs.
 */
#ifndef LAYER_OBJECT_DIFFERENCE_H
#define LAYER_OBJECT_DIFFERENCE_H

#include "layer/owners_table.h"
#include "layer/stack_walk.h"
#include "layer/xattr.h"

#include <stdbool.h>

enum object_difference {
	OBJECT_SAME,
	OBJECT_TYPE,
	OBJECT_METADATA,
	OBJECT_TIME, /* metadata is the same */
	OBJECT_CONTENT,
};

/* One of two trees. Everything is borrowed. */
struct object_tree {
	const struct stack_walk
		*walk; /* where it is: at ENTER of a directory or at an OBJECT, of the same name */
	enum xattr_route route; /* XATTR_LAYER_TO_PLAIN, or XATTR_PLAIN_TO_PLAIN */
	struct owners_stack *owners; /* of the root's directories, */
	size_t owners_first; /* which begin at that number of it */
	bool has_one_id;
};

/* Returns an enum object_difference, or -1; the error does not name the path. */
int object_compare(const struct object_tree *a, const struct object_tree *b, struct error *err);

#endif

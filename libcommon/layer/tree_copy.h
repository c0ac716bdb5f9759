/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Copying a whole directory of a stack: its own metadata and all that is below it, as the overlay
 * would show it. What the objects are made of is copied by layer/copy.h, the way through the source
 * is layer/stack_walk.h; so depth costs neither descriptors nor stack.
 *
 * Names of one file stay names of one file: the first is linked into a directory beside the copy
 * until the last of them was met. What the files of owners beside the source's layers say of the
 * objects (layer/owners.h) is appended to a text that the caller keeps beside the copy.
 *
 * The target is the caller's alone while it is being made.
 */
#ifndef LAYER_TREE_COPY_H
#define LAYER_TREE_COPY_H

#include "layer/copy.h"
#include "layer/owners_table.h"
#include "layer/stack.h"

struct tree_copy {
	const struct copy_rules *rules;
	int target; /* an empty directory */
	int links; /* another one of that filesystem, where names may be made and left */
	struct owners_stack *owners; /* of the layers; NULL: there are no files of owners */
	const char *path; /* of the source in the layers, canonical: "" or "var/lib" */
	struct str *ret_owners; /* the lines that the copy's file of owners needs */
};

/* source is taken. Errors name the path below it. */
int tree_copy(const struct tree_copy *copy, struct stack *source, struct error *err);

#endif

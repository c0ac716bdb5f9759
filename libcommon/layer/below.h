/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands at a path of the upper directory, and what in the layers below it: what a whiteout or an opaque
 * directory there hides, what an object there was copied from.
 *
 * Paths are those of the upper directory's own tree, so no link is followed: below a file or a link of a layer
 * is nothing. The way to the last directory that was asked for is kept, so that its other names cost one look
 * each; descriptors are two for each layer, however deep the path.
 *
 *	autobelow struct below below = BELOW_INIT(&stack);
 *
 *	if (below_find(&below, "etc/passwd", BELOW_IN_LAYERS, &found, NULL, err) < 0) ...
 */
#ifndef LAYER_BELOW_H
#define LAYER_BELOW_H

#include "layer/stack.h"

struct below {
	const struct stack *root; /* borrowed: the upper directory, and the layers */
	struct str path; /* of the directory that is kept; "": the root, which is not */
	struct stack
		parts; /* of it, the upper directory's among them; without any it is no directory */
};

#define BELOW_INIT(root) \
	{ \
		root, STR_INIT, STACK_INIT \
	}

void below_release(struct below *below);
#define autobelow autocleanup(below_release)

enum below_where {
	BELOW_ANYWHERE, /* what the whole stack shows: layer 0 is the upper directory */
	BELOW_IN_LAYERS, /* what it would show, had the upper directory not that name */
};

struct below_found {
	enum stack_kind kind;
	struct stat stat;
	size_t layer; /* number in the stack */
};

/* Look at a path, not the root's. Absence is no error. ret_dirfd (may be NULL) gets the topmost directory of
 * STACK_DIRECTORY, owned by the caller, and else -EBADF. */
int below_find(struct below *below, const char *path, enum below_where where,
	       struct below_found *ret, int *ret_dirfd, struct error *err);

#endif

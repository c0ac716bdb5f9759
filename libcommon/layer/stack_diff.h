/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is different in a second tree, of two that are stacks (layer/stack.h), each the layers of an overlay or a plain
 * directory; they are walked side by side, directories before their content and names in the order of their bytes:
 *
 *	autostackdiff struct stack_diff diff = STACK_DIFF_INIT;
 *
 *	if (stack_diff_start(&diff, &request, err) < 0) ...
 *	while ((event = stack_diff_next(&diff, err)) > 0)
 *		... diff.object ...
 *
 *	added		only the second tree has it; the content of a directory follows, added too
 *	removed		only the first tree has it: one event, without its content
 *	changed		something differs (layer/object_difference.h), or a file has other names than it had. A
 *			directory that became something else, or the reverse, is one change of its type: of the former
 *			content nothing is said, and what is in the new directory is added.
 *	entered		a directory that both have, in which there may be differences; it has none itself
 *	left		a directory of the second tree that was told, all of its content too
 *
 * Nothing is told of other objects that are the same. Where both stacks have the same directories of the same
 * layers, the tree below is the same and not looked at. So comparing a stack with one that shares most of it takes
 * time for what it does not share.
 *
 * Both trees may be hostile: what layer/stack_walk.h says of one holds for the two.
 */
#ifndef LAYER_STACK_DIFF_H
#define LAYER_STACK_DIFF_H

#include "layer/link_sets.h"
#include "layer/object_difference.h"

enum stack_diff_event {
	STACK_DIFF_END,
	STACK_DIFF_ADDED,
	STACK_DIFF_REMOVED,
	STACK_DIFF_CHANGED,
	STACK_DIFF_ENTERED,
	STACK_DIFF_LEFT,
};

/* A tree to compare. */
struct stack_diff_tree {
	struct stack dir; /* taken by stack_diff_start() */
	enum xattr_route route; /* XATTR_LAYER_TO_PLAIN, or XATTR_PLAIN_TO_PLAIN */
	struct owners_stack
		*owners; /* borrowed: of dir's directories, which begin at that number of it */
	size_t owners_first;
};

enum stack_diff_links {
	STACK_DIFF_LINKS_IGNORED,
	STACK_DIFF_LINKS_COMPARED, /* both trees are gone through once before, for the names that files have */
};

struct stack_diff_request {
	struct stack_diff_tree from;
	struct stack_diff_tree to;
	bool has_one_id; /* who owns what is data (layer/owner.h) */
	enum stack_diff_links links;
};

/* One of the trees, privately. */
struct stack_diff_side {
	struct stack_walk walk;
	struct object_tree tree;
	struct link_sets links;
	int event; /* what the walk told last */
	bool is_used; /* that was dealt with */
	bool is_skipping; /* it was a directory to pass over: its end is not dealt with either */
};

struct stack_diff {
	/* What the event is about: where the walk through the second tree is, the first tree's for REMOVED. */
	const struct stack_walk *object;
	bool is_directory; /* LEFT will come; of REMOVED: it was one */
	enum object_difference
		difference; /* CHANGED: OBJECT_SAME when only the names of a file differ */

	/* Private. */
	struct stack_diff_side from;
	struct stack_diff_side to;
	bool compares_links;
	size_t added_depth; /* directories of the second tree alone, around where it is */
};

#define STACK_DIFF_SIDE_INIT \
	{ \
		.walk = STACK_WALK_INIT, .links = LINK_SETS_INIT \
	}
#define STACK_DIFF_INIT \
	{ \
		.from = STACK_DIFF_SIDE_INIT, .to = STACK_DIFF_SIDE_INIT \
	}

void stack_diff_release(struct stack_diff *diff);
#define autostackdiff autocleanup(stack_diff_release)

/* Begin at the roots, of which the first event is. On failure what is left in the request is the caller's. */
int stack_diff_start(struct stack_diff *diff, struct stack_diff_request *request,
		     struct error *err);

/* After ADDED of a directory: its content is passed over, and LEFT comes next. */
void stack_diff_skip(struct stack_diff *diff);

/* Returns an enum stack_diff_event, or -1; the error names the path. What diff says is valid until the next
 * call. Trees that have nothing to be compared begin with END. */
int stack_diff_next(struct stack_diff *diff, struct error *err);

#endif

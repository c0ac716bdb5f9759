/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Going through a tree of a stack (layer/stack.h), directories before their content and once more
 * after it, names in the order of their bytes:
 *
 *	autostackwalk struct stack_walk walk = STACK_WALK_INIT;
 *
 *	if (stack_walk_start(&walk, &dir, err) < 0) ...
 *	while ((event = stack_walk_next(&walk, err)) > 0)
 *		... walk.name in walk.dirfd ...
 *
 * The content is hostile, and may be as deep as it likes. So there is one descriptor for each layer
 * of the stack, however deep the walk is: a layer that has a part in a directory goes down with the
 * walk, others wait where they had one last. The way up is "..", and must lead to the directory
 * that the walk came from; a tree that somebody rearranges meanwhile is an error. The stack of the
 * process is not used; memory grows with the names in the directories on the way down.
 *
 * A walk through what the top layer alone changes (STACK_WALK_TOP) lists the names of that layer, and looks
 * them up in those below: it takes time for what was changed, however much there is.
 */
#ifndef LAYER_STACK_WALK_H
#define LAYER_STACK_WALK_H

#include "layer/stack.h"

enum stack_event {
	STACK_WALK_END, /* all was seen */
	STACK_WALK_ENTER, /* a directory: its content comes next */
	STACK_WALK_LEAVE, /* the same directory, once its content was seen */
	STACK_WALK_OBJECT, /* anything else */
	STACK_WALK_WHITEOUT, /* STACK_WALK_MARKS: the mark of a deleted name */
	STACK_WALK_DELETED, /* STACK_WALK_TOP: the top layer hides what layers below have, and has nothing there */
};

enum stack_walk_extent {
	STACK_WALK_WHOLE, /* all that the stack shows */
	STACK_WALK_MARKS, /* the same, and names that are marked as deleted */
	STACK_WALK_TOP, /* what the root's top layer has and deletes; not what is only below it */
};

struct stack_walk_level;

struct stack_walk {
	/* What the event is about. The root of the walk is left but not entered: its name is "". */
	const char *name;
	const struct stat *stat; /* of the topmost object */
	int dirfd; /* OBJECT, WHITEOUT: the directory that holds it; else the topmost directory itself */
	size_t layer; /* which of the root's layers has the topmost object */
	struct str path; /* from the root of the walk: "" or "a/b" */
	size_t n_names; /* ENTER: names that come next; in the whole stack some may turn out to be whiteouts */
	enum stack_kind below; /* STACK_WALK_TOP: what the layers below have in that place */

	enum stack_walk_extent extent; /* to be set before the start */

	/* Private. */
	struct stack parts; /* one directory a layer */
	size_t *depths; /* of parts */
	struct stack_walk_level *levels;
	size_t n_levels;
	size_t capacity;
	struct stat object; /* what stat points at for an object */
	enum stack_event last; /* what the last step told */
};

#define STACK_WALK_INIT \
	{ \
		.path = STR_INIT \
	}

void stack_walk_release(struct stack_walk *walk);
#define autostackwalk autocleanup(stack_walk_release)

/* Begin at a directory that is there, which name, stat and dirfd are about until the first step. dir is taken: its
 * descriptors are the walk's. */
int stack_walk_start(struct stack_walk *walk, struct stack *dir, struct error *err);

/* Returns an enum stack_event, or -1; the error names the path. What walk says is valid until the
 * next call. */
int stack_walk_next(struct stack_walk *walk, struct error *err);

/* After ENTER, or after the start: the directory's content is passed over, and LEAVE comes next. */
void stack_walk_skip(struct stack_walk *walk);

/* After ENTER of both, or their start: are they in the same directory, of the same directories of layers? All
 * that is below is the same then. */
bool stack_walk_is_same(const struct stack_walk *one, const struct stack_walk *two);

/* Put the path of the event before an error, and return -1. */
int stack_walk_error(const struct stack_walk *walk, struct error *err);

#endif

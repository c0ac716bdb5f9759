/* SPDX-License-Identifier: Apache-2.0 */
#include "layer/stack_diff.h"

#include <string.h>

static void side_release(struct stack_diff_side *side)
{
	stack_walk_release(&side->walk);
	link_sets_release(&side->links);
}

void stack_diff_release(struct stack_diff *diff)
{
	if (!diff)
		return;
	side_release(&diff->from);
	side_release(&diff->to);
	*diff = (struct stack_diff)STACK_DIFF_INIT;
}

/* The names of files, by a walk of its own. */
static int read_links(struct stack_diff_side *side, const struct stack *dir,
		      const struct link_sets *like, struct error *err)
{
	autostack struct stack copy = STACK_INIT;

	return stack_duplicate(dir, &copy, err) < 0
		       ? -1
		       : link_sets_read(&side->links, &copy, like, err);
}

static int start_side(struct stack_diff_side *side, struct stack_diff_tree *tree, bool has_one_id,
		      struct error *err)
{
	side->tree = (struct object_tree) { &side->walk, tree->route, tree->owners,
					    tree->owners_first, has_one_id };
	side->event = STACK_WALK_ENTER;
	return stack_walk_start(&side->walk, &tree->dir, err);
}

int stack_diff_start(struct stack_diff *diff, struct stack_diff_request *request, struct error *err)
{
	diff->compares_links = request->links == STACK_DIFF_LINKS_COMPARED;
	if (diff->compares_links &&
	    (read_links(&diff->from, &request->from.dir, NULL, err) < 0 ||
	     read_links(&diff->to, &request->to.dir, &diff->from.links, err) < 0))
		return -1;
	if (start_side(&diff->from, &request->from, request->has_one_id, err) < 0)
		return -1;
	return start_side(&diff->to, &request->to, request->has_one_id, err);
}

/* Let the walk be at what comes next, unless that is what it is at. */
static int side_advance(struct stack_diff_side *side, struct error *err)
{
	if (!side->is_used)
		return 0;
	/* The end of a directory that is passed over. */
	if (side->is_skipping && stack_walk_next(&side->walk, err) < 0)
		return -1;
	side->is_skipping = false;
	side->is_used = false;
	side->event = stack_walk_next(&side->walk, err);
	return side->event < 0 ? -1 : 0;
}

/* What the walk is at was dealt with, a directory with all that is below it. */
static void side_pass(struct stack_diff_side *side)
{
	side->is_used = true;
	if (side->event != STACK_WALK_ENTER)
		return;
	stack_walk_skip(&side->walk);
	side->is_skipping = true;
}

static int tell_difference(struct stack_diff *diff, const struct stack_diff_side *side,
			   enum stack_diff_event event)
{
	diff->object = &side->walk;
	diff->is_directory = side->event == STACK_WALK_ENTER;
	return event;
}

static int tell_added(struct stack_diff *diff)
{
	diff->to.is_used = true;
	diff->added_depth += diff->to.event == STACK_WALK_ENTER;
	return tell_difference(diff, &diff->to, STACK_DIFF_ADDED);
}

static int tell_left(struct stack_diff *diff)
{
	diff->to.is_used = true;
	return tell_difference(diff, &diff->to, STACK_DIFF_LEFT);
}

/* Inside a directory that only the second tree has. */
static int next_added(struct stack_diff *diff)
{
	if (diff->to.event != STACK_WALK_LEAVE)
		return tell_added(diff);
	diff->added_depth--;
	return tell_left(diff);
}

/* Both are at a directory. */
static int next_directory(struct stack_diff *diff, struct error *err)
{
	int result = object_compare(&diff->from.tree, &diff->to.tree, err);

	if (result < 0)
		return stack_walk_error(&diff->to.walk, err);
	diff->from.is_used = diff->to.is_used = true;
	diff->difference = (enum object_difference)result;
	return tell_difference(diff, &diff->to,
			       result == OBJECT_SAME ? STACK_DIFF_ENTERED : STACK_DIFF_CHANGED);
}

static bool is_same_object(const struct stack_diff *diff)
{
	const struct stat *a = diff->from.walk.stat;
	const struct stat *b = diff->to.walk.stat;

	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

static bool has_same_links(const struct stack_diff *diff)
{
	struct link_set a = link_set_find(&diff->from.links, diff->from.walk.stat);
	struct link_set b = link_set_find(&diff->to.links, diff->to.walk.stat);

	return !diff->compares_links || link_set_equal(&a, &b);
}

/* Both are at something that is no directory. STACK_DIFF_END: it is the same. */
static int next_object(struct stack_diff *diff, struct error *err)
{
	bool has_links = has_same_links(diff);
	int result = OBJECT_SAME;

	diff->from.is_used = diff->to.is_used = true;
	if (is_same_object(diff))
		return STACK_DIFF_END;
	if (has_links)
		result = object_compare(&diff->from.tree, &diff->to.tree, err);
	if (result < 0)
		return stack_walk_error(&diff->to.walk, err);
	if (has_links && result == OBJECT_SAME)
		return STACK_DIFF_END;
	diff->difference = (enum object_difference)result;
	return tell_difference(diff, &diff->to, STACK_DIFF_CHANGED);
}

/* One is at a directory, the other one is not. */
static int next_other_type(struct stack_diff *diff)
{
	side_pass(&diff->from);
	diff->difference = OBJECT_TYPE;
	tell_added(diff);
	return STACK_DIFF_CHANGED;
}

/* Both are at the same name. STACK_DIFF_END: there is nothing to tell. */
static int next_common(struct stack_diff *diff, struct error *err)
{
	bool is_from_directory = diff->from.event == STACK_WALK_ENTER;
	bool is_to_directory = diff->to.event == STACK_WALK_ENTER;

	if (is_from_directory != is_to_directory)
		return next_other_type(diff);
	if (!is_to_directory)
		return next_object(diff, err);
	if (!stack_walk_is_same(&diff->from.walk, &diff->to.walk))
		return next_directory(diff, err);
	side_pass(&diff->from);
	side_pass(&diff->to);
	return STACK_DIFF_END;
}

static int next_removed(struct stack_diff *diff)
{
	int event = tell_difference(diff, &diff->from, STACK_DIFF_REMOVED);

	side_pass(&diff->from);
	return event;
}

/* Which of both has the name that comes first? < 0: the first tree; 0: both; the end of a directory comes last. */
static int compare_places(const struct stack_diff *diff)
{
	bool is_from_over = diff->from.event == STACK_WALK_LEAVE;
	bool is_to_over = diff->to.event == STACK_WALK_LEAVE;

	if (is_from_over || is_to_over)
		return is_from_over - is_to_over;
	return strcmp(diff->from.walk.name, diff->to.walk.name);
}

/* Both are in the same directory. STACK_DIFF_END: there is nothing to tell of where they are. */
static int next_in_both(struct stack_diff *diff, struct error *err)
{
	int order = compare_places(diff);

	if (order < 0)
		return next_removed(diff);
	if (order > 0)
		return tell_added(diff);
	if (diff->to.event != STACK_WALK_LEAVE)
		return next_common(diff, err);
	diff->from.is_used = true;
	return tell_left(diff);
}

void stack_diff_skip(struct stack_diff *diff)
{
	stack_walk_skip(&diff->to.walk);
}

int stack_diff_next(struct stack_diff *diff, struct error *err)
{
	int event = STACK_DIFF_END;

	while (event == STACK_DIFF_END) {
		if (side_advance(&diff->to, err) < 0 ||
		    (!diff->added_depth && side_advance(&diff->from, err) < 0))
			return -1;
		if (diff->to.event == STACK_WALK_END)
			return STACK_DIFF_END;
		event = diff->added_depth ? next_added(diff) : next_in_both(diff, err);
	}
	return event;
}

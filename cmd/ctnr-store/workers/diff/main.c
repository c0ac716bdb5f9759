/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The comparing worker of ctnr-store: tells what is different in one tree from another. What it reads was written by
 * containers and images.
 *
 *  1. Read the job.
 *  2. Enter the user namespace that owns the files (system/id_view.h).
 *  3. Open the trees, and what is to be known of bundles: where something was mounted.
 *  4. Give up everything but reading below the trees (store/trees.h).
 *  5. Compare, and write what is found to stdout (diff/protocol.h).
 */
#include "workers/diff/change_writer.h"
#include "workers/diff/job.h"

#include "base/alloc.h"
#include "layer/stack_diff.h"
#include "store/mount_points.h"
#include "store/trees.h"
#include "system/descriptor_limit.h"
#include "system/fd.h"
#include "system/id_view.h"
#include "system/process.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

/* One of two trees. */
struct compared_tree {
	size_t first; /* number of its top directory in the trees, */
	size_t n; /* and how many it has */
	enum xattr_route route;
	bool is_bundle;
	struct strlist destinations; /* of mounts */
	struct mount_points points;
};

struct comparison {
	struct job job;
	struct id_view ids;
	struct trees trees; /* of both: to, then from */
	struct compared_tree from;
	struct compared_tree to;
	struct change_writer writer;
};

#define COMPARED_TREE_INIT \
	{ \
		.route = XATTR_LAYER_TO_PLAIN, .destinations = STRLIST_INIT, \
		.points = MOUNT_POINTS_INIT \
	}

static void comparison_release(struct comparison *comparison)
{
	struct compared_tree *const both[] = { &comparison->from, &comparison->to };

	for (size_t i = 0; i < array_size(both); i++) {
		strlist_release(&both[i]->destinations);
		mount_points_release(&both[i]->points);
	}
	trees_release(&comparison->trees);
	change_writer_release(&comparison->writer);
	job_release(&comparison->job);
}

static int open_bundle(struct comparison *comparison, const char *path, struct compared_tree *ret,
		       struct error *err)
{
	autoclose int bundlefd = dir_open_at(AT_FDCWD, path, err);
	int kind;

	if (bundlefd < 0 || mount_points_read_config(bundlefd, &ret->destinations, err) < 0)
		return -1;
	kind = trees_push_bundle(&comparison->trees, bundlefd, err);
	if (kind < 0)
		return error_prefix(err, "'%s'", path);
	ret->route = kind == TREES_COPY ? XATTR_PLAIN_TO_PLAIN : XATTR_LAYER_TO_PLAIN;
	ret->is_bundle = true;
	return 0;
}

static int open_layers(struct comparison *comparison, const struct strlist *layers,
		       struct error *err)
{
	for (size_t i = 0; i < layers->len; i++) {
		int dirfd = dir_open_at(AT_FDCWD, layers->items[i], err);

		if (dirfd < 0 || trees_push(&comparison->trees, dirfd, err) < 0)
			return -1;
	}
	return 0;
}

static int open_side(struct comparison *comparison, const struct job_side *side,
		     struct compared_tree *ret, struct error *err)
{
	ret->first = comparison->trees.root.n_dirfds;
	if ((side->bundle ? open_bundle(comparison, side->bundle, ret, err)
			  : open_layers(comparison, &side->layers, err)) < 0)
		return -1;
	ret->n = comparison->trees.root.n_dirfds - ret->first;
	return 0;
}

static int open_trees(struct comparison *comparison, struct error *err)
{
	const struct job *job = &comparison->job;

	if (open_side(comparison, &job->to, &comparison->to, err) < 0)
		return -1;
	return job->has_from ? open_side(comparison, &job->from, &comparison->from, err) : 0;
}

static int open_stack(const struct comparison *comparison, const struct compared_tree *tree,
		      struct stack *ret, struct error *err)
{
	return trees_stack_from(&comparison->trees, tree->first, tree->n, ret, err);
}

/* Where a bundle has something only because it is mounted on, beside its layers; of a copy, beside the other tree. */
static int find_mount_points(struct comparison *comparison, struct compared_tree *tree,
			     const struct compared_tree *other, struct error *err)
{
	autostack struct stack stack = STACK_INIT;
	autostack struct stack below = STACK_INIT;
	const struct mount_points_query query = { &stack, &tree->destinations, &comparison->ids,
						  tree->route };

	if (!tree->is_bundle || open_stack(comparison, tree, &stack, err) < 0)
		return tree->is_bundle ? -1 : 0;
	if (tree->route == XATTR_PLAIN_TO_PLAIN && open_stack(comparison, other, &below, err) < 0)
		return -1;
	for (size_t i = 0; i < below.n_dirfds; i++)
		stack_push(&stack, fd_steal(&below.dirfds[i]));
	return mount_points_find(&tree->points, &query, err);
}

static void write_top_event(struct comparison *comparison, const struct stack_walk *walk,
			    enum stack_event event)
{
	const struct mount_points *points = &comparison->to.points;
	const char *path = walk->path.data;

	if (event == STACK_WALK_LEAVE || path_set_has(&points->made, path) ||
	    path_set_has(&points->entered, path))
		return;
	change_write(&comparison->writer,
		     event == STACK_WALK_DELETED   ? DIFF_DELETED
		     : walk->below == STACK_ABSENT ? DIFF_ADDED
						   : DIFF_CHANGED,
		     &walk->path);
}

/* The top layer is the change set. */
static int tell_top(struct comparison *comparison, struct error *err)
{
	autostackwalk struct stack_walk walk = STACK_WALK_INIT;
	autostack struct stack stack = STACK_INIT;
	int event;

	walk.extent = STACK_WALK_TOP;
	if (open_stack(comparison, &comparison->to, &stack, err) < 0 ||
	    stack_walk_start(&walk, &stack, err) < 0)
		return -1;
	while ((event = stack_walk_next(&walk, err)) > 0) {
		write_top_event(comparison, &walk, (enum stack_event)event);
		/* Landlock makes each step take time for the depth. */
		if (event == STACK_WALK_ENTER && change_is_too_deep(&walk.path))
			stack_walk_skip(&walk);
	}
	return event;
}

/* That a mount point was made in a directory, or that anything was made in the root, is no change. */
static bool is_change(const struct comparison *comparison, const struct stack_diff *diff)
{
	const char *path = diff->object->path.data;

	if (!diff->is_directory || diff->difference == OBJECT_TYPE)
		return true;
	return *path && (diff->difference != OBJECT_TIME ||
			 !path_set_has(&comparison->to.points.parents, path));
}

static void write_diff_event(struct comparison *comparison, const struct stack_diff *diff,
			     enum stack_diff_event event)
{
	const struct str *path = &diff->object->path;

	switch (event) {
	case STACK_DIFF_ADDED:
		if (!path_set_has(&comparison->to.points.made, path->data))
			change_write(&comparison->writer, DIFF_ADDED, path);
		break;
	case STACK_DIFF_REMOVED:
		if (!path_set_has(&comparison->from.points.made, path->data))
			change_write(&comparison->writer, DIFF_DELETED, path);
		break;
	case STACK_DIFF_CHANGED:
		if (is_change(comparison, diff))
			change_write(&comparison->writer, DIFF_CHANGED, path);
		break;
	default:
		break;
	}
}

/* Two trees. */
static int tell_difference(struct comparison *comparison, struct error *err)
{
	autostackdiff struct stack_diff diff = STACK_DIFF_INIT;
	struct owners_stack *owners = &comparison->trees.owners;
	struct stack_diff_request request = {
		.from = { STACK_INIT, comparison->from.route, owners, comparison->from.first },
		.to = { STACK_INIT, comparison->to.route, owners, comparison->to.first },
		.has_one_id = comparison->ids.has_one_id,
	};
	int event = -1;

	if (open_stack(comparison, &comparison->from, &request.from.dir, err) == 0 &&
	    open_stack(comparison, &comparison->to, &request.to.dir, err) == 0)
		event = stack_diff_start(&diff, &request, err);
	while (event >= 0 && (event = stack_diff_next(&diff, err)) > 0) {
		write_diff_event(comparison, &diff, (enum stack_diff_event)event);
		if (event == STACK_DIFF_ADDED && diff.is_directory &&
		    change_is_too_deep(&diff.object->path))
			stack_diff_skip(&diff);
	}
	stack_release(&request.from.dir);
	stack_release(&request.to.dir);
	return event;
}

static int enter_namespace(struct comparison *comparison, struct error *err)
{
	struct identity identity;
	struct identity inside;

	if (identity_probe(&identity, err) < 0 ||
	    id_view_make(&identity, &inside, &comparison->ids, err) < 0 ||
	    identity_enter(&inside, err) < 0)
		return -1;
	process_die_with_parent(0);
	return 0;
}

static int do_job(struct comparison *comparison, struct error *err)
{
	struct compared_tree *from = &comparison->from;
	struct compared_tree *to = &comparison->to;

	descriptor_limit_raise();
	if (job_read(&comparison->job, err) < 0 || enter_namespace(comparison, err) < 0 ||
	    open_trees(comparison, err) < 0 || trees_confine(&comparison->trees, err) < 0)
		return -1;
	if (find_mount_points(comparison, to, from, err) < 0 ||
	    find_mount_points(comparison, from, to, err) < 0)
		return -1;
	return comparison->job.has_from ? tell_difference(comparison, err)
					: tell_top(comparison, err);
}

/* Returns the exit status. */
static int run_job(void)
{
	autocleanup(comparison_release) struct comparison comparison = {
		.job = JOB_INIT,
		.trees = TREES_INIT,
		.from = COMPARED_TREE_INIT,
		.to = COMPARED_TREE_INIT,
		.writer = CHANGE_WRITER_INIT,
	};
	struct error err = { 0 };

	if (do_job(&comparison, &err) < 0) {
		change_write_error(&err);
		return err.code ? err.code : ERROR_FAILED;
	}
	change_write_end();
	return 0;
}

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	process_die_with_parent(0);
	/* What sanitizers do behind main() needs more than a confined process may. */
	_exit(run_job());
}

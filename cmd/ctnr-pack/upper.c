/* SPDX-License-Identifier: Apache-2.0 */
#include "upper.h"

#include "layer/metadata.h"

/* A walk through the upper directory. */
struct upper_walk {
	struct below *below;
	const struct mount_points *points;
	struct object_writer *writer;
	const struct stack_walk *walk;
};

/* The upper directory was made with the metadata of the top layer's root. */
static int write_root(const struct trees *trees, struct object_writer *writer, struct error *err)
{
	const int *dirfds = trees->root.dirfds;
	const struct object_source *source = &writer->source;
	const struct stat none = { .st_mode = S_IFDIR };
	const struct object root = { "", "", dirfds[0], &none, 0 };
	int is_same = metadata_is_same(dirfds[0], dirfds[1], source->route, source->ids, err);

	if (is_same != 0)
		return is_same < 0 ? error_prefix(err, "'/'") : 0;
	return object_write(writer, &root, err);
}

static int write_opaque_mark(const struct upper_walk *upper, struct error *err)
{
	const char *path = upper->walk->path.data;
	struct below_found lower;

	if (below_find(upper->below, path, BELOW_IN_LAYERS, &lower, NULL, err) < 0)
		return error_prefix(err, "'%.300s'", path);
	return lower.kind == STACK_ABSENT ? 0 : object_write_opaque(upper->writer, path, err);
}

static int write_object(const struct upper_walk *upper, enum stack_event event, struct error *err)
{
	const struct object object = object_of_walk(upper->walk);

	if (path_set_has(&upper->points->made, object.path) ||
	    path_set_has(&upper->points->entered, object.path))
		return 0;
	if (object_write(upper->writer, &object, err) < 0)
		return -1;
	if (event != STACK_WALK_ENTER || !upper->writer->xattrs.is_opaque)
		return 0;
	return write_opaque_mark(upper, err);
}

static int write_event(const struct upper_walk *upper, enum stack_event event, struct error *err)
{
	switch (event) {
	case STACK_WALK_ENTER:
	case STACK_WALK_OBJECT:
		return write_object(upper, event, err);
	case STACK_WALK_WHITEOUT:
		return object_write_whiteout(upper->writer, upper->walk->path.data, err);
	default:
		return 0;
	}
}

int upper_write(const struct trees *trees, struct below *below, const struct mount_points *points,
		struct object_writer *writer, struct error *err)
{
	autostackwalk struct stack_walk walk = STACK_WALK_INIT;
	const struct upper_walk upper = { below, points, writer, &walk };
	autostack struct stack stack = STACK_INIT;
	int event;

	if (write_root(trees, writer, err) < 0 || trees_stack_of(trees, 0, &stack, err) < 0)
		return -1;
	walk.extent = STACK_WALK_MARKS;
	if (stack_walk_start(&walk, &stack, err) < 0)
		return -1;
	while ((event = stack_walk_next(&walk, err)) > 0)
		if (write_event(&upper, (enum stack_event)event, err) < 0)
			return -1;
	return event;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "merged.h"

static int write_root(const struct trees *trees, struct object_writer *writer, struct error *err)
{
	const struct stat directory = { .st_mode = S_IFDIR };
	const struct object root = { "", "", trees->root.dirfds[0], &directory, 0 };

	return object_write(writer, &root, err);
}

int merged_write(const struct trees *trees, const struct mount_points *points,
		 struct object_writer *writer, struct error *err)
{
	autostackwalk struct stack_walk walk = STACK_WALK_INIT;
	autostack struct stack stack = STACK_INIT;
	int event;

	if (write_root(trees, writer, err) < 0 || trees_stack(trees, &stack, err) < 0 ||
	    stack_walk_start(&walk, &stack, err) < 0)
		return -1;
	while ((event = stack_walk_next(&walk, err)) > 0) {
		const struct object object = object_of_walk(&walk);

		if (event == STACK_WALK_LEAVE || path_set_has(&points->made, object.path))
			continue;
		if (object_write(writer, &object, err) < 0)
			return -1;
	}
	return event;
}

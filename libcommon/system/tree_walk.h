/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A walk through a directory tree that strangers fill, by descriptors: for removing it (tree.h) and for
 * measuring it (tree_usage.h).
 *
 * A name is opened alone by the visitor; the way up is "..", which must be the directory that the walk came
 * from. Depth costs heap memory alone: at most TREE_OPEN_MAX descriptors are open at once, and each
 * directory is read once, however many it has below it.
 *
 *	static const struct tree_visitor visitor = { .enter = enter_directory, .entry = count_entry,
 *						     .done = "measured" };
 *
 *	if (tree_walk(dirfd, "name", &visitor, &data, err) < 0)
 *		return -1;
 */
#ifndef SYSTEM_TREE_WALK_H
#define SYSTEM_TREE_WALK_H

#include "base/error.h"

#include <dirent.h>
#include <sys/stat.h>

#define TREE_OPEN_MAX 16 /* directories that are open at once */

/* What is done on the way. Each gets the data of tree_walk(), and returns -1 to end the walk. */
struct tree_visitor {
	/* Open the directory dirfd/name for reading, and stat it. 1, or 0 when the walk shall pass it
	 * over: it is gone. */
	int (*enter)(void *data, int dirfd, const char *name, int *ret_fd, struct stat *ret,
		     struct error *err);
	/* An entry of the open directory, but for "." and "..": 1 when it is a directory to enter once
	 * this one is read, 0 when not. */
	int (*entry)(void *data, int dirfd, const struct dirent64 *entry, struct error *err);
	/* All below the directory abovefd/name was seen, times times already: 1 to read it once more, 0
	 * to go up. NULL: go up. */
	int (*leave)(void *data, int abovefd, const char *name, unsigned times, struct error *err);
	const char *done; /* what is done to the tree, for messages: "removed" */
};

/* Go through the directory topfd/name, a single component, and all below it. ERROR_FAILED "'NAME' was moved
 * while it was DONE" where the way up leads elsewhere. */
int tree_walk(int topfd, const char *name, const struct tree_visitor *visitor, void *data,
	      struct error *err);

#endif

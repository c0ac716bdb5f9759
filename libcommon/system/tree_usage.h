/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How much of the disk files and directory trees take: the blocks that are allocated to them, directories
 * too, as du(1) counts them. A file with several names is counted where it is met first.
 *
 *	autoinodeset struct inode_set seen = INODE_SET_INIT;
 *	uint64_t bytes = 0;
 *
 *	if (tree_usage_add(dirfd, "upper", &seen, &bytes, err) < 0)
 *		... bytes has what could be read
 *
 * What is in the set of those who were seen does not count, with all that is below it: a caller that has counted
 * a tree apart adds its top.
 *
 * No link is followed, and what is mounted in a tree is not counted. Trees of any depth take constant
 * descriptors (tree_walk.h). What vanishes meanwhile has been there or not: both are right.
 */
#ifndef SYSTEM_TREE_USAGE_H
#define SYSTEM_TREE_USAGE_H

#include "base/error.h"
#include "system/inode_set.h"

#include <stdint.h>
#include <sys/stat.h>

/* The bytes of the blocks of one file. */
uint64_t tree_usage_blocks(const struct stat *st);

/* The same; 0 when it is another name of one that was counted. */
uint64_t tree_usage_of(const struct stat *st, struct inode_set *seen);

/* Add the bytes of dirfd/name, which is a single component, and of all below it to *bytes; nothing there is
 * nothing. -1: something could not be read, the first of that is in err, and *bytes has got the rest. (A
 * directory that cannot be read counts by itself.) */
int tree_usage_add(int dirfd, const char *name, struct inode_set *seen, uint64_t *bytes,
		   struct error *err);

/* Is the content of the files on the disk? */
enum tree_usage_state {
	TREE_USAGE_SETTLED,
	/* Some of it is to be written yet. ext4, xfs and btrfs say already which blocks that will take, but
	 * for those that list the extents of a file of many: such a file is sent to the disk, and then
	 * counted. (Those of SYNC_BEGIN_MIN were sent by those who wrote them.) */
	TREE_USAGE_UNWRITTEN,
};

/* The same of what is in that state. With TREE_USAGE_UNWRITTEN: only where tree_usage_is_known_early(). */
int tree_usage_add_state(int dirfd, const char *name, enum tree_usage_state state,
			 struct inode_set *seen, uint64_t *bytes, struct error *err);

/* Does the filesystem of fd say what files take before they are written? */
bool tree_usage_is_known_early(int fd);

#endif

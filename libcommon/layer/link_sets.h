/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which names the files of a tree have that have several:
 *
 *	autolinksets struct link_sets before = LINK_SETS_INIT;
 *
 *	if (link_sets_read(&before, &dir, err) < 0) ...
 *	link_set_find(&before, &st)
 *
 * Of the names that a file has their number and a sum of hashes is kept, whatever they are: memory grows with the
 * files that the kernel says have more than one. Equal sets have equal sums; others have them by chance alone,
 * because nobody knows the seeds.
 */
#ifndef LAYER_LINK_SETS_H
#define LAYER_LINK_SETS_H

#include "layer/stack.h"
#include "system/inode_set.h"

#include <stdbool.h>
#include <stdint.h>

/* The names of a file. */
struct link_set {
	uint64_t n; /* 0: it has one in the tree, whatever the kernel says of others */
	uint64_t sums[2]; /* of hashes of the names */
};

struct link_sets {
	struct inode_set files;
	struct link_set *items; /* by the number of a file */
	uint64_t seeds[2];
};

#define LINK_SETS_INIT \
	{ \
		.files = INODE_SET_INIT \
	}

void link_sets_release(struct link_sets *sets);
#define autolinksets autocleanup(link_sets_release)

/* Go through the tree of a stack, but for what no layer can have (VIEW_PATH_MAX). Sets are to be compared with those
 * of like, which was read before (NULL: there is none). dir is taken. */
int link_sets_read(struct link_sets *ret, struct stack *dir, const struct link_sets *like,
		   struct error *err);

/* The names of the file that st is of. */
struct link_set link_set_find(const struct link_sets *sets, const struct stat *st);

/* Do two files have the same names? */
bool link_set_equal(const struct link_set *a, const struct link_set *b);

#endif

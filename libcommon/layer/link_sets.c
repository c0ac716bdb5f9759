/* SPDX-License-Identifier: Apache-2.0 */
#include "layer/link_sets.h"

#include "base/alloc.h"
#include "base/fnv.h"
#include "layer/stack_walk.h"
#include "layer/view.h"

#include <stdlib.h>

void link_sets_release(struct link_sets *sets)
{
	if (!sets)
		return;
	inode_set_release(&sets->files);
	free(sets->items);
	*sets = (struct link_sets)LINK_SETS_INIT;
}

static void add_link(struct link_sets *sets, const struct stat *st, const struct str *path)
{
	struct link_set *set;
	size_t number;

	sets->items = inode_set_add_item(&sets->files, st->st_dev, st->st_ino, sets->items,
					 sizeof(sets->items[0]), &number);
	set = &sets->items[number];
	set->n++;
	for (size_t i = 0; i < 2; i++)
		set->sums[i] += fnv_add(sets->seeds[i], path->data, path->len);
}

int link_sets_read(struct link_sets *ret, struct stack *dir, const struct link_sets *like,
		   struct error *err)
{
	autolinksets struct link_sets sets = LINK_SETS_INIT;
	autostackwalk struct stack_walk walk = STACK_WALK_INIT;
	int event;

	for (size_t i = 0; i < 2; i++)
		sets.seeds[i] = like ? like->seeds[i] : fnv_seed();
	if (stack_walk_start(&walk, dir, err) < 0)
		return -1;
	while ((event = stack_walk_next(&walk, err)) > 0) {
		if (event == STACK_WALK_OBJECT && walk.stat->st_nlink > 1)
			add_link(&sets, walk.stat, &walk.path);
		/* No layer can have what is below. */
		if (event == STACK_WALK_ENTER && walk.path.len > VIEW_PATH_MAX)
			stack_walk_skip(&walk);
	}
	if (event < 0)
		return -1;
	*ret = sets;
	sets = (struct link_sets)LINK_SETS_INIT;
	return 0;
}

struct link_set link_set_find(const struct link_sets *sets, const struct stat *st)
{
	size_t number = st->st_nlink > 1 ? inode_set_find(&sets->files, st->st_dev, st->st_ino)
					 : INODE_SET_NONE;

	/* What has its other names elsewhere has one here. */
	return number != INODE_SET_NONE && sets->items[number].n > 1 ? sets->items[number]
								     : (struct link_set) { 0 };
}

bool link_set_equal(const struct link_set *a, const struct link_set *b)
{
	return a->n == b->n && a->sums[0] == b->sums[0] && a->sums[1] == b->sums[1];
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "layer/link_sets.h"

#include "base/alloc.h"
#include "base/fnv.h"
#include "layer/stack_walk.h"
#include "layer/view.h"

#include <stdlib.h>
#include <string.h>

#define CAPACITY_MIN 64

struct link_slot {
	dev_t device;
	ino_t inode;
	struct link_set set; /* n 0: the slot is empty */
};

void link_sets_release(struct link_sets *sets)
{
	if (!sets)
		return;
	free(sets->slots);
	*sets = (struct link_sets)LINK_SETS_INIT;
}

/* The slot of a file, or the empty one where it belongs. */
static struct link_slot *find_slot(const struct link_sets *sets, dev_t device, ino_t inode)
{
	const uint64_t key[] = { device, inode };
	size_t at = fnv_add_words(sets->seeds[0], key, sizeof(key)) & (sets->capacity - 1);
	struct link_slot *slot;

	while (slot = &sets->slots[at],
	       slot->set.n && (slot->device != device || slot->inode != inode))
		at = (at + 1) & (sets->capacity - 1);
	return slot;
}

static void grow_slots(struct link_sets *sets)
{
	struct link_slot *old = sets->slots;
	size_t n = sets->capacity;

	sets->capacity = n ? 2 * n : CAPACITY_MIN;
	sets->slots = xcalloc(sets->capacity, sizeof(sets->slots[0]));
	for (size_t i = 0; i < n; i++)
		if (old[i].set.n)
			*find_slot(sets, old[i].device, old[i].inode) = old[i];
	free(old);
}

static void add_link(struct link_sets *sets, const struct stat *st, const struct str *path)
{
	struct link_slot *slot;

	if (2 * sets->len >= sets->capacity)
		grow_slots(sets);
	slot = find_slot(sets, st->st_dev, st->st_ino);
	if (!slot->set.n++) {
		sets->len++;
		slot->device = st->st_dev;
		slot->inode = st->st_ino;
	}
	for (size_t i = 0; i < 2; i++)
		slot->set.sums[i] += fnv_add(sets->seeds[i], path->data, path->len);
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
	struct link_set set = { 0 };

	if (st->st_nlink > 1 && sets->capacity)
		set = find_slot(sets, st->st_dev, st->st_ino)->set;
	/* What has its other names elsewhere has one here. */
	return set.n > 1 ? set : (struct link_set) { 0 };
}

bool link_set_equal(const struct link_set *a, const struct link_set *b)
{
	return a->n == b->n && a->sums[0] == b->sums[0] && a->sums[1] == b->sums[1];
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "system/inode_set.h"

#include "base/alloc.h"
#include "base/fnv.h"

#include <stdlib.h>
#include <string.h>

#define SLOTS_MIN 64 /* a power of two */

struct inode_set_slot {
	uint64_t device;
	uint64_t inode;
	size_t place; /* the number and 1; 0: the slot is free */
};

void inode_set_release(struct inode_set *set)
{
	if (!set)
		return;
	free(set->slots);
	*set = (struct inode_set)INODE_SET_INIT;
}

/* The slot of a file, or the free one where it belongs. */
static struct inode_set_slot *find_slot(const struct inode_set *set, uint64_t device,
					uint64_t inode)
{
	const uint64_t key[] = { device, inode };
	size_t mask = set->capacity - 1;

	for (size_t i = fnv_add_words(set->seed, key, sizeof(key)) & mask;; i = (i + 1) & mask) {
		struct inode_set_slot *slot = &set->slots[i];

		if (!slot->place || (slot->device == device && slot->inode == inode))
			return slot;
	}
}

/* At most half of the slots are taken. */
static void grow_slots(struct inode_set *set)
{
	struct inode_set_slot *old = set->slots;
	size_t n_old = set->capacity;

	if (2 * (set->len + 1) <= set->capacity)
		return;
	if (!n_old)
		set->seed = fnv_seed();
	set->capacity = n_old ? 2 * n_old : SLOTS_MIN;
	set->slots = xcalloc(set->capacity, sizeof(*set->slots));
	for (size_t i = 0; i < n_old; i++)
		if (old[i].place)
			*find_slot(set, old[i].device, old[i].inode) = old[i];
	free(old);
}

bool inode_set_add(struct inode_set *set, dev_t device, ino_t inode)
{
	struct inode_set_slot *slot;

	grow_slots(set);
	slot = find_slot(set, device, inode);
	if (slot->place)
		return false;
	*slot = (struct inode_set_slot) { device, inode, ++set->len };
	return true;
}

size_t inode_set_find(const struct inode_set *set, dev_t device, ino_t inode)
{
	return set->len ? find_slot(set, device, inode)->place - 1 : INODE_SET_NONE;
}

bool inode_set_has(const struct inode_set *set, dev_t device, ino_t inode)
{
	return inode_set_find(set, device, inode) != INODE_SET_NONE;
}

void *inode_set_add_item(struct inode_set *set, dev_t device, ino_t inode, void *items, size_t size,
			 size_t *ret_number)
{
	size_t room = set->capacity / 2;

	bool is_new = inode_set_add(set, device, inode);

	/* As many items as may be in the set before it grows, which it does for a file that it has, too. */
	if (set->capacity / 2 != room)
		items = xrealloc(items, set->capacity / 2, size);
	*ret_number = is_new ? set->len - 1 : inode_set_find(set, device, inode);
	if (!is_new)
		return items;
	memset((char *)items + *ret_number * size, 0, size);
	return items;
}

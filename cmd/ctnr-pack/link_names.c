/* SPDX-License-Identifier: Apache-2.0 */
#include "link_names.h"

#include "base/alloc.h"
#include "base/fnv.h"

#include <stdlib.h>

struct link_name {
	dev_t device;
	ino_t inode;
	size_t at; /* where the name is in text, and 1; 0: an empty slot */
};

void link_names_release(struct link_names *names)
{
	free(steal(&names->slots));
	str_release(&names->text);
}

static struct link_name *find_slot(const struct link_names *names, dev_t device, ino_t inode)
{
	const uint64_t key[] = { device, inode };
	size_t i = (size_t)fnv_add_words(names->seed, key, sizeof(key)) & (names->capacity - 1);

	while (names->slots[i].at &&
	       (names->slots[i].device != device || names->slots[i].inode != inode))
		i = (i + 1) & (names->capacity - 1);
	return &names->slots[i];
}

static void grow_names(struct link_names *names)
{
	struct link_names old = *names;

	if (!old.capacity)
		names->seed = fnv_seed();
	names->capacity = old.capacity ? old.capacity * 2 : 64;
	names->slots = xcalloc(names->capacity, sizeof(names->slots[0]));
	for (size_t i = 0; i < old.capacity; i++)
		if (old.slots[i].at)
			*find_slot(names, old.slots[i].device, old.slots[i].inode) = old.slots[i];
	free(old.slots);
}

const char *link_names_find(const struct link_names *names, const struct stat *st)
{
	const struct link_name *slot;

	if (!names->capacity)
		return NULL;
	slot = find_slot(names, st->st_dev, st->st_ino);
	return slot->at ? names->text.data + slot->at - 1 : NULL;
}

void link_names_add(struct link_names *names, const struct stat *st, const char *path)
{
	struct link_name *slot;

	if (names->len * 4 >= names->capacity * 3)
		grow_names(names);
	slot = find_slot(names, st->st_dev, st->st_ino);
	if (!slot->at)
		names->len++;
	*slot = (struct link_name) { st->st_dev, st->st_ino, names->text.len + 1 };
	str_append(&names->text, path);
	str_append_bytes(&names->text, "", 1);
}

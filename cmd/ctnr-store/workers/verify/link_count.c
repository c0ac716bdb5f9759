/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/verify/link_count.h"

#include "base/alloc.h"
#include "base/fnv.h"

#include <stdlib.h>

void link_counts_release(struct link_counts *counts)
{
	if (!counts)
		return;
	for (size_t i = 0; i < counts->capacity; i++)
		free(counts->slots[i].path);
	free(counts->slots);
	*counts = (struct link_counts) { 0 };
}

static struct link_count *find_count(const struct link_counts *counts, ino_t ino)
{
	size_t i = (size_t)fnv_words(&ino, sizeof(ino)) & (counts->capacity - 1);

	while (counts->slots[i].n_names && counts->slots[i].ino != ino)
		i = (i + 1) & (counts->capacity - 1);
	return &counts->slots[i];
}

static void grow_counts(struct link_counts *counts)
{
	struct link_counts old = *counts;

	counts->capacity = old.capacity ? old.capacity * 2 : 64;
	counts->slots = xcalloc(counts->capacity, sizeof(counts->slots[0]));
	for (size_t i = 0; i < old.capacity; i++)
		if (old.slots[i].n_names)
			*find_count(counts, old.slots[i].ino) = old.slots[i];
	free(old.slots);
}

void link_counts_add(struct link_counts *counts, const struct stat *st, const char *path)
{
	struct link_count *count;

	if (counts->len * 4 >= counts->capacity * 3)
		grow_counts(counts);
	count = find_count(counts, st->st_ino);
	if (count->n_names++ == 0) {
		count->ino = st->st_ino;
		count->path = xstrdup(path);
		counts->len++;
	}
	count->n_links = st->st_nlink;
}

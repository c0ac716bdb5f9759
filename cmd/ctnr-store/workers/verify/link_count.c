/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/verify/link_count.h"

#include "base/alloc.h"

#include <stdlib.h>

void link_counts_release(struct link_counts *counts)
{
	if (!counts)
		return;
	for (size_t i = 0; i < counts->files.len; i++)
		free(counts->items[i].path);
	free(counts->items);
	inode_set_release(&counts->files);
	*counts = (struct link_counts) { 0 };
}

void link_counts_add(struct link_counts *counts, const struct stat *st, const char *path)
{
	struct link_count *count;
	size_t number;

	counts->items = inode_set_add_item(&counts->files, st->st_dev, st->st_ino, counts->items,
					   sizeof(counts->items[0]), &number);
	count = &counts->items[number];
	if (count->n_names++ == 0)
		count->path = xstrdup(path);
	count->n_links = st->st_nlink;
}

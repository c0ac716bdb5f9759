/* SPDX-License-Identifier: Apache-2.0 */
#include "link_names.h"

#include <stdlib.h>

void link_names_release(struct link_names *names)
{
	inode_set_release(&names->files);
	free(steal(&names->places));
	str_release(&names->text);
}

const char *link_names_find(const struct link_names *names, const struct stat *st)
{
	size_t number = inode_set_find(&names->files, st->st_dev, st->st_ino);

	return number == INODE_SET_NONE ? NULL : names->text.data + names->places[number];
}

void link_names_add(struct link_names *names, const struct stat *st, const char *path)
{
	size_t number;

	names->places = inode_set_add_item(&names->files, st->st_dev, st->st_ino, names->places,
					   sizeof(names->places[0]), &number);
	names->places[number] = names->text.len;
	str_append(&names->text, path);
	str_append_bytes(&names->text, "", 1);
}

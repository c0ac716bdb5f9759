/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first names of files that have several. Only those that the kernel says have more than one are kept, so
 * memory is bounded by their number: those that have names elsewhere alone count too.
 */
#ifndef CTNR_PACK_LINK_NAMES_H
#define CTNR_PACK_LINK_NAMES_H

#include "base/str.h"
#include "system/inode_set.h"

#include <sys/stat.h>

struct link_names {
	struct inode_set files;
	size_t *places; /* by the number of a file: where in text its first name is */
	struct str text; /* the names, each with its NUL */
};

#define LINK_NAMES_INIT \
	{ \
		.files = INODE_SET_INIT, .text = STR_INIT \
	}

void link_names_release(struct link_names *names);

/* The first name of the object of which st is, borrowed until the next call; NULL: there was none. */
const char *link_names_find(const struct link_names *names, const struct stat *st);

/* That name is the first. */
void link_names_add(struct link_names *names, const struct stat *st, const char *path);

#endif

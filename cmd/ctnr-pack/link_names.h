/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first names of files that have several. Only those that the kernel says have more than one are kept, so
 * memory is bounded by their number: those that have names elsewhere alone count too.
 */
#ifndef CTNR_PACK_LINK_NAMES_H
#define CTNR_PACK_LINK_NAMES_H

#include "base/str.h"

#include <sys/stat.h>

struct link_names {
	struct link_name *slots; /* open addressing; where the name is in text */
	size_t capacity; /* a power of two, or 0 */
	size_t len;
	uint64_t seed; /* of the hash: strangers choose which inodes come together */
	struct str text; /* the names, each with its NUL */
};

#define LINK_NAMES_INIT \
	{ \
		.text = STR_INIT \
	}

void link_names_release(struct link_names *names);

/* The first name of the object of which st is, borrowed until the next call; NULL: there was none. */
const char *link_names_find(const struct link_names *names, const struct stat *st);

/* That name is the first. */
void link_names_add(struct link_names *names, const struct stat *st, const char *path);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files of several names: how many of an object's names on disk the archive states. One more than that
 * was made by somebody else, who can change the layer through it wherever it is.
 */
#ifndef CTNR_STORE_WORKERS_VERIFY_LINK_COUNT_H
#define CTNR_STORE_WORKERS_VERIFY_LINK_COUNT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

struct link_count {
	ino_t ino;
	nlink_t n_links; /* on disk */
	nlink_t n_names; /* that the archive states; 0: an empty slot */
	char *path; /* of the first of them */
};

struct link_counts {
	struct link_count *slots; /* open addressing */
	size_t capacity; /* a power of two, or 0 */
	size_t len;
};

void link_counts_release(struct link_counts *counts);

/* One more name of an object that has several; st is of the object. */
void link_counts_add(struct link_counts *counts, const struct stat *st, const char *path);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files of several names: how many of an object's names on disk the archive states. One more than that
 * was made by somebody else, who can change the layer through it wherever it is.
 */
#ifndef CTNR_STORE_WORKERS_VERIFY_LINK_COUNT_H
#define CTNR_STORE_WORKERS_VERIFY_LINK_COUNT_H

#include "system/inode_set.h"

#include <sys/stat.h>

struct link_count {
	nlink_t n_links; /* on disk */
	nlink_t n_names; /* that the archive states */
	char *path; /* of the first of them */
};

struct link_counts {
	struct inode_set files;
	struct link_count *items; /* by the number of a file */
};

void link_counts_release(struct link_counts *counts);

/* One more name of an object that has several; st is of the object. */
void link_counts_add(struct link_counts *counts, const struct stat *st, const char *path);

#endif

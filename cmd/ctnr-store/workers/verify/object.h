/* SPDX-License-Identifier: Apache-2.0 */
/* What an entry says of an object: type, mode, owner, time, attributes, target, size. Differences are
 * told to the comparison (comparison_tell()). */
#ifndef CTNR_STORE_WORKERS_VERIFY_OBJECT_H
#define CTNR_STORE_WORKERS_VERIFY_OBJECT_H

#include "workers/verify/comparison.h"

/* An entry's place in the finished tree. */
struct place {
	struct view_dir *dir; /* on top */
	const char *name;
	struct stat stat; /* of what is there */
};

/* Compare what is there with an entry that is no hardlink. A file whose content is to be compared is
 * left open in comparison->content. */
void object_compare(struct comparison *comparison, const struct place *place,
		    const struct tar_entry *entry);

/* The same of the root directory. */
void object_compare_root(struct comparison *comparison, const struct tar_entry *entry);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The file "owners" beside a tree: what an image says of objects and the disk cannot. With one ID,
 * that is the owner of what can have no attribute (layer/owner.h): of everything, on a filesystem without
 * attributes. With any identity, it is the device that a placeholder, an empty file, stands for.
 *
 * A line (ctnr-store(5)): TYPE UID GID DEVICE PATH, single blanks between. TYPE is f, d, l, p, c or
 * b as in ls(1); DEVICE is MAJOR:MINOR, or - for what is none; PATH begins with a slash, and of its
 * bytes backslash and those below 33 or above 126, no others, are written \ooo. Of lines for one
 * path the last holds, and it holds only while an object of that type (a c or b with a device: an
 * empty file) is there. Anything else in the file is damage.
 *
 * Reading a file is layer/owners_table.h, writing one layer/owners_writer.h.
 *
 * A tree is STORE/layers/.../diff, BUNDLE/rootfs or BUNDLE/upper: its file is "../owners". A volume
 * NAME has .NAME:owners beside it.
 */
#ifndef LAYER_OWNERS_H
#define LAYER_OWNERS_H

#include "base/str.h"
#include "layer/owner.h"

#include <stdbool.h>
#include <sys/stat.h>

#define OWNERS_FILE "owners"

struct owners_record {
	char type;
	struct owner owner;
	bool is_placeholder; /* type c or b: an empty file stands for the device */
	uint32_t major; /* of a placeholder */
	uint32_t minor;
};

/* Append a line, with its newline. path is without a slash in front; "" is the tree's root. */
void owners_format(struct str *to, const struct owners_record *record, const char *path);

/* Read a line of len bytes, without its newline. ret_path (may be NULL) gets the path without the
 * slash in front. -1: damaged. */
int owners_parse(const char *line, size_t len, struct owners_record *ret, struct str *ret_path);

/* Is the record about an object of that kind? */
bool owners_record_fits(const struct owners_record *record, const struct stat *st);

/* Append a path as lines have it. */
void owners_format_path(struct str *to, const char *path);

#endif

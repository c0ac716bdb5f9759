/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who owns an entry. With an ID map, that is its owner on disk. With one ID everything on disk is
 * ours, and the image's owner is kept as data: in the attribute user.rootlesscontainers where there
 * can be one (a protobuf of uid and gid), else as a line of the file "owners" beside the tree.
 * Devices that may not be made are lines of that file in every case.
 *
 * A line of owners(ctnr-store(5)): TYPE UID GID DEVICE PATH, single blanks between. TYPE is f, d,
 * l, p, c or b as in ls(1); DEVICE is MAJOR:MINOR, or - for what is none; PATH begins with a slash,
 * backslash and bytes below 33 or above 126 are written \ooo. Of lines for one path the last holds,
 * and it holds only while an object of that type (c, b: an empty file) is there.
 */
#ifndef CTNR_UNPACK_WORKERS_LAYER_OWNER_H
#define CTNR_UNPACK_WORKERS_LAYER_OWNER_H

#include "base/str.h"
#include "system/identity.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define OWNERS_FILE "owners"
#define XATTR_ROOTLESS "user.rootlesscontainers"

struct owner {
	uint32_t uid;
	uint32_t gid;
};

struct owners {
	const struct identity *identity; /* borrowed */
	int fd; /* of the file, for appending; borrowed */
	struct str buffer;
	bool has_records;
};

/* The IDs must be in the map; else an error with a hint on the range that is needed. */
int owner_check(const struct owners *owners, struct owner owner, struct error *err);

/* Give an open file or directory to owner; path for the record. may_differ: it may not be 0:0 now
 * (its directory hands on its group, or it had another owner). */
int owner_set(struct owners *owners, int fd, char type, const char *path, struct owner owner,
	      bool may_differ, struct error *err);

/* The same for what cannot be opened: a symlink, FIFO or device. */
int owner_set_at(struct owners *owners, int dirfd, const char *name, char type, const char *path,
		 struct owner owner, bool may_differ, struct error *err);

/* Note a line. device: MAJOR and MINOR of a placeholder, else NULL. */
int owner_record(struct owners *owners, char type, const char *path, struct owner owner,
		 const uint32_t device[2], struct error *err);

/* The last line for from in a file of owners is noted again for the path to. 1 when there was
 * one. */
int owner_carry(struct owners *owners, int file, const char *from, const char *to,
		struct error *err);

/* Write what is buffered. */
int owners_flush(struct owners *owners, struct error *err);

#endif

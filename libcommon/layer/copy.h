/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Copying one object of a root filesystem with all that belongs to it: content, owner, mode,
 * extended attributes, time of modification. Holes stay holes, content is shared where the
 * filesystem can. (A whole tree: layer/tree_copy.h.)
 *
 * Nothing is followed: an object is a name in an open directory, opened with O_NOFOLLOW and made
 * with O_EXCL or its like. Order: content, owner (which clears set-ID bits and capabilities), mode,
 * extended attributes, time.
 *
 *	file, symlink, FIFO	copied
 *	device			copied, or left out as the rules say; a whiteout is not an object, and
 *				the placeholder of a device is a file (layer/owners.h)
 *	socket			left out: it is nothing without the process that made it
 *	directory		copy_metadata(); the time once its content is there
 */
#ifndef LAYER_COPY_H
#define LAYER_COPY_H

#include "base/error.h"
#include "layer/xattr.h"

#include <stdbool.h>
#include <sys/stat.h>

enum copy_owner {
	COPY_OWNER,
	COPY_NO_OWNER, /* with one ID: everything is ours, and the owner is an attribute */
};

enum copy_device {
	COPY_DEVICE,
	COPY_NO_DEVICE,
};

struct copy_rules {
	enum copy_owner owner;
	enum copy_device device;
	enum xattr_route route;
	enum xattr_refusal refusal;
};

/* Owner, mode and attributes of one open file or directory to another; st is of the first. */
int copy_metadata(const struct copy_rules *rules, int from, int to, const struct stat *st,
		  struct error *err);

/* The same and the time, for a directory that is complete. */
int copy_metadata_and_time(const struct copy_rules *rules, int from, int to, const struct stat *st,
			   struct error *err);

/* Copy what is no directory, dirfd/name, to to_dirfd/to_name, which must not exist; st is of the
 * original. Returns 1, or 0 when it was left out. */
int copy_object(const struct copy_rules *rules, int dirfd, const char *name, const struct stat *st,
		int to_dirfd, const char *to_name, struct error *err);

/* Did linkat(2) fail with that errno because the filesystem has no hard links, or the file as many as it can?
 * Then a copy stands for the link. */
bool copy_replaces_link(int number);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Extended attributes of a file or directory beside those of its entry. The names are those that the
 * unpacker gives them (layer/xattr.h). An attribute that the image does not state is a difference too,
 * where an image could have stated it: not our own record of the owner, nor what the host adds
 * (security.*, trusted.*), nor an ACL that a directory hands on.
 *
 * Missing attributes are none where they could not be set: on a filesystem that has none, values that
 * the kernel refuses, and attributes of an overlay, which an older kernel cannot have escaped.
 */
#ifndef CTNR_STORE_WORKERS_VERIFY_OBJECT_XATTR_H
#define CTNR_STORE_WORKERS_VERIFY_OBJECT_XATTR_H

#include "workers/verify/comparison.h"

/* What else the attributes say. */
struct object_xattrs {
	bool has_owner; /* the owner as data */
	struct owner owner;
	bool is_opaque;
	bool has_inherited_acl; /* not the entry's: it may have changed the mode */
};

/* fd: of the object; parent: of its directory. */
void object_xattr_compare(struct comparison *comparison, int fd, int parent,
			  const struct tar_entry *entry, struct object_xattrs *ret);

#endif

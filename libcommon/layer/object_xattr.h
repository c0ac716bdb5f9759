/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Extended attributes of an open file or directory as an entry has them (layer/xattr.h): the overlay's own marks
 * are left out, escaped ones are unescaped, and with one ID the owner is taken out of them.
 *
 *	security.capability	in revision 2, whatever is on disk: the file's owner in the image is not known to
 *				be root's of some user namespace
 *	system.posix_acl_*	with the container's own numbers; an entry of somebody who is not mapped is an error
 *
 * There are as many as a reader takes, in number and in bytes, or it is an error.
 */
#ifndef LAYER_OBJECT_XATTR_H
#define LAYER_OBJECT_XATTR_H

#include "base/str.h"
#include "format/tar.h"
#include "layer/owner.h"
#include "layer/xattr.h"
#include "system/id_view.h"

struct object_xattrs {
	struct tar_xattr items[TAR_XATTRS_MAX];
	size_t n;
	bool has_owner; /* with one ID: as data */
	struct owner owner;
	bool is_opaque; /* marked so, in a layer */
	/* Private. */
	struct str bytes;
	size_t offsets[TAR_XATTRS_MAX]; /* of names in bytes; each value is behind its name's NUL */
};

#define OBJECT_XATTRS_INIT \
	{ \
		.bytes = STR_INIT \
	}

void object_xattrs_release(struct object_xattrs *xattrs);
#define autoobjectxattrs autocleanup(object_xattrs_release)

/* None. */
void object_xattrs_clear(struct object_xattrs *xattrs);

/* Read those of fd, instead of what was read before. A filesystem without any has none. */
int object_xattrs_read(struct object_xattrs *xattrs, int fd, enum xattr_route route,
		       const struct id_view *ids, struct error *err);

/* Do two objects have the same, and as data the same owner? Marks do not count. */
bool object_xattrs_equal(const struct object_xattrs *a, const struct object_xattrs *b);

#endif

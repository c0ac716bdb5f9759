/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Extended attributes that an image brings: the rule is the one of layer/xattr.h for what comes
 * from an image. Dropped with one warning of each kind for a layer: what the rule drops, what the
 * filesystem refuses, an overlay's attribute that the running kernel cannot have escaped (before
 * Linux 6.7), and with one ID the attribute that holds our own record of owners.
 */
#ifndef CTNR_UNPACK_WORKERS_LAYER_ENTRY_XATTR_H
#define CTNR_UNPACK_WORKERS_LAYER_ENTRY_XATTR_H

#include "base/error.h"
#include "format/tar.h"
#include "layer/xattr.h"

#include <stdbool.h>

struct entry_xattrs {
	struct xattr_image_rules rules;
	bool has_acl; /* an ACL was set: directories may hand on defaults */
	unsigned int warned; /* bits: what was said already */
};

void entry_xattrs_init(struct entry_xattrs *xattrs, enum xattr_route route, bool has_one_id);

enum entry_xattr_before {
	ENTRY_XATTR_NONE, /* the object was just made */
	ENTRY_XATTR_OTHERS, /* it may have others, which go (not our own and the overlay's) */
};

/* Set what the entry brings. */
int entry_xattrs_set(struct entry_xattrs *xattrs, int fd, const struct tar_entry *entry,
		     enum entry_xattr_before before, struct error *err);

/* The object can have none (symlinks, FIFOs, devices): warn when the entry brings any. */
void entry_xattrs_drop(struct entry_xattrs *xattrs, const struct tar_entry *entry);

#endif

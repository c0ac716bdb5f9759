/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Extended attributes that an image brings. Kept: user.* and system.posix_acl_*, and
 * security.capability where the kernel takes it. Dropped with one warning for each layer: other
 * security.* and trusted.* (they would be the host's business), what the filesystem refuses, and
 * with one ID the attribute that holds our own record of owners. An overlay's user.overlay.* would
 * be obeyed by the kernel: since Linux 6.7 it can be escaped as user.overlay.overlay.*, so that
 * the container sees it and nobody obeys; before, it is dropped.
 */
#ifndef CTNR_UNPACK_WORKERS_LAYER_XATTR_H
#define CTNR_UNPACK_WORKERS_LAYER_XATTR_H

#include "base/error.h"
#include "format/tar.h"

#include <stdbool.h>

enum xattr_overlay {
	XATTR_OVERLAY_KEEP, /* a plain directory: it means nothing there */
	XATTR_OVERLAY_ESCAPE,
	XATTR_OVERLAY_DROP,
};

struct xattrs {
	enum xattr_overlay overlay;
	bool is_single; /* one ID */
	bool has_acl; /* an ACL was set: directories may hand on defaults */
	unsigned int warned; /* bits: what was said already */
};

/* ESCAPE or DROP, by the running kernel's version. */
enum xattr_overlay xattr_overlay_choose(void);

/* Set what the entry brings. was_there: remove other attributes first (not our own and the
 * overlay's). */
int xattrs_set(struct xattrs *xattrs, int fd, const struct tar_entry *entry, bool was_there,
	       struct error *err);

/* The entry can have none (symlinks, FIFOs, devices): warn when it brings any. */
void xattrs_drop(struct xattrs *xattrs, const struct tar_entry *entry);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Can a directory's filesystem hold what an overlay writes: the marks of layer/mark.h? The kernel mounts an
 * overlay on some that cannot, and then deleting and renaming fail inside, with errors that say nothing.
 *
 *	overlay		never: an overlay on an overlay
 *	ext4, xfs, btrfs ...	known by statfs(2) to be able
 *	tmpfs		where it has user.* attributes (Linux 6.6): one look
 *	others		NFS, SMB, FUSE, eCryptfs, ramfs, whatever is in no table: tried
 */
#ifndef LAYER_OVERLAY_PLACE_H
#define LAYER_OVERLAY_PLACE_H

#include "system/filesystem.h"

#include <stdbool.h>

enum overlay_place {
	OVERLAY_PLACE_FIT,
	OVERLAY_PLACE_NESTED, /* is an overlay itself */
	OVERLAY_PLACE_NO_ATTRIBUTES, /* no user.* attributes, so no opaque directories */
	OVERLAY_PLACE_NO_WHITEOUTS, /* devices 0:0 cannot be made, or no rename leaves one */
	OVERLAY_PLACE_MAX,
};

/* What is wrong, to follow "the filesystem"; NULL for OVERLAY_PLACE_FIT. */
extern const char *const overlay_place_faults[OVERLAY_PLACE_MAX];

/* Look at an open directory; where the kind of its filesystem does not say, files are made in it and removed.
 * One where nothing can be made is fit, because nothing is to be written there. */
enum overlay_place overlay_place_check(int dirfd);

/* Can whiteouts be made in an open directory, also by a rename? Tried as above. */
bool overlay_place_has_whiteouts(int dirfd);

#endif

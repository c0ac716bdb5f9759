/* SPDX-License-Identifier: Apache-2.0 */
/* The mount options "tmpcopyup" of a tmpfs and "copy-symlink" of a bind mount. */
#ifndef CTNR_EXEC_ROOTFS_COPY_UP_H
#define CTNR_EXEC_ROOTFS_COPY_UP_H

#include "rootfs/rootfs.h"

/* Fill the detached empty tmpfs with a copy of what is at the mount's destination: files with owners,
 * modes, times and attributes, links and FIFOs, no devices, and the directory's own owner and mode unless
 * options name others. A destination that is missing leaves it as it is. */
int copy_up(const struct container *c, struct rootfs *r, int tmpfs,
	    const struct mount_config *mount, struct error *err);

/* Make the source again at the destination, when it is a symlink. Returns 1 when it is done, 0 when the
 * source is none. One that is there already with that text may stay. */
int copy_symlink(struct rootfs *r, const struct mount_config *mount, struct error *err);

#endif

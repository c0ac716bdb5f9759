/* SPDX-License-Identifier: Apache-2.0 */
/*
 * In a chroot: the root of the mount namespace, from which alone propagation can be changed and
 * pivot_root(2) works. A process that may call chroot(2) goes there by leaving its root directory below
 * itself and following ".." to the end. Init does so in a mount namespace of its own, and only for a
 * moment: paths of the config are those of the chroot.
 */
#ifndef CTNR_EXEC_ROOTFS_OUTER_ROOT_H
#define CTNR_EXEC_ROOTFS_OUTER_ROOT_H

#include "base/error.h"

#include <errno.h>

struct outer_root {
	int root; /* the root directory from before */
	int cwd; /* and the working directory */
};

#define OUTER_ROOT_INIT \
	{ \
		-EBADF, -EBADF \
	}

/* Make the root of the mount namespace the working directory. below: a directory, from the working
 * directory, that is not the root directory of the chroot. */
int outer_root_enter(struct outer_root *ret, const char *below, struct error *err);

/* Make it the root directory too. What was opened before stays as it is. */
int outer_root_take(struct error *err);

/* Go back to root and working directory as they were. */
int outer_root_leave(struct outer_root *outer, struct error *err);

#endif

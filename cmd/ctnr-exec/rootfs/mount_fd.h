/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mounts by descriptor: made detached, changed while nobody can reach them, and moved onto a
 * descriptor of the place where they belong, so that no path is resolved twice.
 *
 *	autoclose int fd = mount_fd_make("tmpfs", "tmpfs", NULL, MOUNT_ATTR_NODEV, err);
 *
 *	if (fd < 0 || mount_fd_attach(fd_steal(&fd), r, "/run", MOUNT_FD_ANYWHERE, ROOTFS_OWN,
 *					  err) < 0)
 *
 * After it was moved the descriptor is the root of the attached mount.
 */
#ifndef CTNR_EXEC_ROOTFS_MOUNT_FD_H
#define CTNR_EXEC_ROOTFS_MOUNT_FD_H

#include "rootfs/rootfs.h"

#include "base/error.h"
#include "base/str.h"

#include <stdint.h>

/* A new detached filesystem. data: options ("key" or "key=value"), may be NULL. attributes:
 * MOUNT_ATTR_*. Returns its descriptor. */
int mount_fd_make(const char *type, const char *source, const struct strlist *data,
		  uint64_t attributes, struct error *err);

/* Change options of the filesystem, which is of that type, at the root of the mount fd. */
int mount_fd_reconfigure(int fd, const char *type, const struct strlist *data, struct error *err);

/* Move the mount onto the file or directory that target (O_PATH) is. -1 with errno. */
int mount_fd_move(int fd, int target);

/* Move the mount to a path below the root, where its mount point is made when it is missing, and
 * remember it there with that owner. Takes fd; returns it, borrowed from then on, or -1. */
enum mount_fd_target {
	MOUNT_FD_ANYWHERE,
	MOUNT_FD_NO_SYMLINKS, /* a symlink on the way is an error */
};
int mount_fd_attach(int fd, struct rootfs *r, const char *path, enum mount_fd_target target,
		    enum rootfs_owner owner, struct error *err);

#endif

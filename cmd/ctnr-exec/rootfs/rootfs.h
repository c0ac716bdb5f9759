/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The container's root filesystem, as init sees it while it fills it: the descriptor of the root,
 * and of every mount made in it.
 */
#ifndef CTNR_EXEC_ROOTFS_ROOTFS_H
#define CTNR_EXEC_ROOTFS_ROOTFS_H

#include "container.h"

#define ROOTFS_MOUNTS_MAX 512

struct rootfs_mount {
	char *destination; /* normal form: no double, leading "/" kept, no trailing */
	int fd; /* its root */
};

struct rootfs {
	int fd; /* the root */
	int bundle;
	bool mknod; /* device nodes can be made */
	struct rootfs_mount mounts[ROOTFS_MOUNTS_MAX];
	size_t n_mounts;
};

/* Mount the root of the bundle, at BUNDLE/root.path, and make it ready to be filled. */
int rootfs_mount(const struct container *c, struct rootfs *ret, struct error *err);

/* Remember a mount that was made at destination; takes fd. */
int rootfs_remember(struct rootfs *r, const char *destination, int fd, struct error *err);

/* The descriptor from which path is to be resolved: that of the innermost mount of ours that
 * holds it, so that a rename in a shared directory cannot lead us elsewhere. ret_rest points into
 * path. The descriptor is borrowed. */
int rootfs_anchor(const struct rootfs *r, const char *path, const char **ret_rest);

/* Open (O_PATH) what is at path, which may be a symlink inside the root. -1 with errno. */
int rootfs_open(const struct rootfs *r, const char *path, int flags);

/* Open path to mount on it, made when it is missing: a directory or an empty file. */
enum rootfs_target {
	ROOTFS_DIRECTORY,
	ROOTFS_FILE,
};
int rootfs_make_target(const struct rootfs *r, const char *path, enum rootfs_target target,
		       struct error *err);

/* Make the root read-only when the config says so, and the root of this process. */
int rootfs_enter(const struct container *c, const struct rootfs *r, struct error *err);

#endif

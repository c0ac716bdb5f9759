/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The container's root filesystem, as init sees it while it fills it: the descriptor of the root,
 * and of every mount made in it.
 *
 * A mount is the container's own when this run made its filesystem (a tmpfs, procfs, devpts); a
 * bind mount brings somebody else's files. Links, device nodes and placeholders are made, replaced
 * and removed in the root and in own mounts alone. A missing mount point of the config's mounts is
 * made in a bind mount too, as other runtimes do it ("-v src:/app -v /app/cache"), but never in one
 * at /dev, /proc or /sys, or in what the host has mounted below a bind mount.
 */
#ifndef CTNR_EXEC_ROOTFS_ROOTFS_H
#define CTNR_EXEC_ROOTFS_ROOTFS_H

#include "container.h"

#include "base/str.h"
#include "oci/runtime.h"
#include "system/path_make.h"

enum rootfs_owner {
	ROOTFS_OWN, /* a filesystem that this run made */
	ROOTFS_BOUND, /* bound from elsewhere: mount points may be made in it */
	ROOTFS_UNTOUCHED, /* bound to /dev, /proc, /sys or below: nothing is made in it */
};

struct rootfs_mount {
	char *destination; /* as the config has it, in normal form: no double "/", none at the end */
	char *path; /* where it is: the same without symlinks; "" for the root */
	int fd; /* its root */
	uint64_t id; /* statx(2), stx_mnt_id; 0: not asked for yet */
	enum rootfs_owner owner;
	bool becomes_readonly; /* once everything in it is made */
	uint64_t propagation; /* that its options ask for: MS_SHARED ..., or 0 */
	bool propagation_is_recursive;
};

struct rootfs {
	int fd; /* the root */
	uint64_t id; /* of its mount, as below */
	int bundle;
	bool mknod; /* device nodes can be made */
	int nodes; /* a tmpfs for nodes that are bound elsewhere (device.c); -EBADF: none yet */
	unsigned n_nodes; /* that are in it */
	int *sources; /* of the config's bind mounts, opened by the caller (launch/source.h); or NULL */
	int *clones; /* of sources, by bind_clone_early(); or NULL */
	const int *idmaps; /* user namespaces of mounts' own ID maps (idmap_mount.h); or NULL */
	int idmapper; /* socket of the caller, who may map IDs where init may not; or -EBADF */
	bool has_bound; /* there may be directories of bind mounts below the root */
	struct rootfs_mount mounts[RUNTIME_MOUNTS_MAX];
	size_t n_mounts;
};

/* The first process fills one and never returns from that, so nothing of it is released. */
#define ROOTFS_INIT \
	{ \
		.fd = -EBADF, .bundle = -EBADF, .nodes = -EBADF, .idmapper = -EBADF \
	}

/* Mount the root of the bundle, at BUNDLE/root.path, and make it ready to be filled. */
int rootfs_mount(const struct container *c, struct rootfs *ret, struct error *err);

/* Remember a mount that was made at destination, which is at path, own or bound; takes fd. */
int rootfs_remember(struct rootfs *r, const char *destination, const char *path, int fd,
		    enum rootfs_owner owner, struct error *err);

/* The mount that fd is in, of those that are remembered. NULL: it is in another. */
struct rootfs_mount *rootfs_find_mount(struct rootfs *r, int fd);

/* Make the mount that was remembered last read-only in rootfs_enter(): mount points, devices and
 * links are made in it before. */
void rootfs_protect_later(struct rootfs *r);

/* Is one of the config's mounts at path itself? What was mounted on a directory of path later hides
 * it. By its text: path is in normal form. */
bool rootfs_is_mount_point(const struct rootfs *r, const char *path);

/* May files be made, replaced and removed in dir? Yes in the root and in own mounts. */
bool rootfs_is_own(struct rootfs *r, int dir);

/* Is dir among the root's own files, which stay in the bundle? */
bool rootfs_is_root(struct rootfs *r, int dir);

/* Open (O_PATH) what is at path, made when it is missing, also behind symlinks (path_make.h). The
 * canonical path is appended to ret_path (may be NULL). Returns -1 with errno: EXDEV where something
 * would have to be made and may not be. */
enum rootfs_purpose {
	ROOTFS_FOR_DEVICE, /* in the root and in own mounts */
	ROOTFS_FOR_MOUNT, /* also in bind mounts */
};
int rootfs_make(struct rootfs *r, const char *path, enum path_kind kind,
		enum rootfs_purpose purpose, struct str *ret_path);

/* Open (O_PATH) what is at path; symlinks are resolved inside the root. -1 with errno. */
int rootfs_open(struct rootfs *r, const char *path, int flags);

/* Open path to mount on it, made when it is missing; its canonical path is appended to ret_path. A
 * symlink that leads to /proc or /sys is an error: it would hide what belongs there. */
int rootfs_make_target(struct rootfs *r, const char *path, enum path_kind kind,
		       struct str *ret_path, struct error *err);

#endif

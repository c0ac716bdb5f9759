/* SPDX-License-Identifier: Apache-2.0 */
#include "rootfs/enter.h"

#include "rootfs/host_view.h"
#include "rootfs/outer_root.h"
#include "rootfs/propagation.h"

#include "system/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A working directory that is missing is made while that is possible. What is wrong with it
 * otherwise is said when it is entered. */
static void make_cwd(struct rootfs *r, const char *cwd)
{
	autoclose int fd = rootfs_open(r, cwd, O_PATH | O_DIRECTORY);

	if (fd < 0 && errno == ENOENT)
		fd = rootfs_make(r, cwd, PATH_DIRECTORY, ROOTFS_FOR_MOUNT, NULL);
}

static int protect_mounts(const struct rootfs *r, struct error *err)
{
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_RDONLY };

	for (size_t i = 0; i < r->n_mounts; i++) {
		const struct rootfs_mount *mount = &r->mounts[i];

		if (mount->becomes_readonly &&
		    mount_setattr(mount->fd, "", AT_EMPTY_PATH, &attr, sizeof(attr)) < 0)
			return error_errno(err, "cannot make '%s' read-only", mount->destination);
	}
	return 0;
}

/* pivot_root(2), NOTES: the old root ends stacked on the new one, at ".", and is let go. */
static int pivot(int root)
{
	return fchdir(root) < 0 || syscall(SYS_pivot_root, ".", ".") < 0 ||
			       umount2(".", MNT_DETACH) < 0 || chdir("/") < 0
		       ? -1
		       : 0;
}

/* From a chroot the kernel pivots nothing: the root of the mount namespace is taken first. */
static int pivot_from_chroot(int root, struct error *err)
{
	struct outer_root outer = OUTER_ROOT_INIT;

	if (outer_root_enter(&outer, ".", err) < 0 || outer_root_take(err) < 0)
		return -1;
	fd_close(&outer.root);
	fd_close(&outer.cwd);
	if (pivot(root) == 0)
		return 0;
	error_errno(err, "cannot make it the root directory");
	return error_hint(err, "--no-pivot does without pivot_root(2)");
}

static int take_root(const struct container *c, const struct rootfs *r, struct error *err)
{
	if (c->no_pivot) {
		if (host_view_hide(r, err) < 0)
			return -1;
		if (fchdir(r->fd) < 0 ||
		    move_mount(r->fd, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH) < 0 ||
		    chroot(".") < 0)
			return error_errno(err, "cannot make it the root directory");
		return 0;
	}
	if (pivot(r->fd) == 0)
		return 0;
	if (errno == EINVAL)
		return pivot_from_chroot(r->fd, err);
	return error_errno(err, "cannot make it the root directory");
}

int rootfs_enter(const struct container *c, struct rootfs *r, struct error *err)
{
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_RDONLY };

	if (protect_mounts(r, err) < 0)
		return -1;
	if (c->config.root_is_readonly) {
		make_cwd(r, c->config.process.cwd);
		if (mount_setattr(r->fd, "", AT_EMPTY_PATH, &attr, sizeof(attr)) < 0)
			return error_errno(err, "cannot make the root filesystem read-only");
	}
	if (take_root(c, r, err) < 0)
		return error_prefix(err, "root filesystem '%s'", c->config.root_path);
	return propagation_set_root(c, r, err);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * linux.maskedPaths and linux.readonlyPaths (runtime-spec config-linux.md). A masked directory is
 * covered by an empty read-only tmpfs, anything else by the null device: the host's, looked at
 * before, for an image's own /dev/null may be anything.
 */
#include "rootfs/mask.h"

#include "rootfs/device.h"
#include "rootfs/mount.h"

#include "system/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

struct covers {
	int null; /* a detached clone or the place where it was put first */
	int empty;
};

static int clone_of(int fd)
{
	return open_tree(fd, "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH);
}

/* The first use makes the mount; later ones clone it. */
static int make_cover(struct covers *covers, bool directory, struct error *err)
{
	int *first = directory ? &covers->empty : &covers->null;
	int fd;

	if (*first >= 0) {
		fd = clone_of(*first);
		return fd < 0 ? error_errno(err, "cannot clone the cover of masked paths") : fd;
	}
	if (directory)
		fd = mount_filesystem("tmpfs", "tmpfs", NULL,
				      MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV |
					      MOUNT_ATTR_NOEXEC,
				      err);
	else
		fd = device_open_host("/dev/null", S_IFCHR, 1, 3, err);
	return *first = fd;
}

static int put(int fd, int target, struct error *err)
{
	if (move_mount(fd, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0)
		return error_errno(err, "cannot cover it");
	return 0;
}

static int mask(const struct rootfs *r, struct covers *covers, const char *path, struct error *err)
{
	autoclose int target = rootfs_open(r, path, O_PATH);
	struct stat st;
	int fd;
	bool first;

	if (target < 0 && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	if (target < 0 || fstat(target, &st) < 0)
		return error_errno(err, "cannot open it");
	first = (S_ISDIR(st.st_mode) ? covers->empty : covers->null) < 0;
	fd = make_cover(covers, S_ISDIR(st.st_mode), err);
	if (fd < 0 || put(fd, target, err) < 0)
		return -1;
	if (!first)
		close(fd);
	return 0;
}

static int protect(const struct rootfs *r, const char *path, struct error *err)
{
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_RDONLY };
	autoclose int target = rootfs_open(r, path, O_PATH);
	autoclose int fd = -EBADF;

	if (target < 0 && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	if (target < 0)
		return error_errno(err, "cannot open it");
	fd = open_tree(target, "",
		       OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH | AT_RECURSIVE);
	if (fd < 0 || mount_setattr(fd, "", AT_EMPTY_PATH | AT_RECURSIVE, &attr, sizeof(attr)) < 0)
		return error_errno(err, "cannot make it read-only");
	return put(fd, target, err);
}

static int protect_paths(const struct strlist *paths, const struct rootfs *r, struct error *err)
{
	for (size_t i = 0; i < paths->len; i++)
		if (protect(r, paths->items[i], err) < 0)
			return error_prefix(err, "readonlyPaths: '%s'", paths->items[i]);
	return 0;
}

static int mask_paths(const struct strlist *paths, const struct rootfs *r, struct covers *covers,
		      struct error *err)
{
	for (size_t i = 0; i < paths->len; i++)
		if (mask(r, covers, paths->items[i], err) < 0)
			return error_prefix(err, "maskedPaths: '%s'", paths->items[i]);
	return 0;
}

int mounts_mask(const struct container *c, const struct rootfs *r, struct error *err)
{
	struct covers covers = { -EBADF, -EBADF };
	int result = protect_paths(&c->config.readonly_paths, r, err);

	if (result == 0)
		result = mask_paths(&c->config.masked_paths, r, &covers, err);
	fd_close(&covers.null);
	fd_close(&covers.empty);
	return result;
}

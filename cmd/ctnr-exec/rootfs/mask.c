/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A masked directory is covered by an empty read-only tmpfs, anything else by the host's null
 * device in a read-only mount: an image's own /dev/null may be anything.
 */
#include "rootfs/mask.h"

#include "rootfs/device.h"
#include "rootfs/mount_fd.h"

#include "system/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define EMPTY_ATTRIBUTES \
	(MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC)

/* The two covers. The first path that needs one gets the mount itself, and later paths get clones
 * of it: old kernels clone no detached mount. */
struct covers {
	int null;
	int empty;
};

static int make_cover(bool is_directory, struct error *err)
{
	return is_directory ? mount_fd_make("tmpfs", "tmpfs", NULL, EMPTY_ATTRIBUTES, err)
			    : device_open_host("/dev/null", S_IFCHR, 1, 3, err);
}

static int put_cover(int fd, int target, struct error *err)
{
	return mount_fd_move(fd, target) < 0 ? error_errno(err, "cannot cover it") : 0;
}

static int cover_path(struct covers *covers, int target, bool is_directory, struct error *err)
{
	int *first = is_directory ? &covers->empty : &covers->null;
	autoclose int clone = -EBADF;

	if (*first < 0) {
		*first = make_cover(is_directory, err);
		return *first < 0 ? -1 : put_cover(*first, target, err);
	}
	clone = open_tree(*first, "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH);
	if (clone < 0)
		return error_errno(err, "cannot clone the cover of masked paths");
	return put_cover(clone, target, err);
}

static int mask_path(struct rootfs *r, struct covers *covers, const char *path, struct error *err)
{
	autoclose int target = rootfs_open(r, path, O_PATH);
	struct stat st;

	if (target < 0 && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	if (target < 0 || fstat(target, &st) < 0)
		return error_errno(err, "cannot open it");
	return cover_path(covers, target, S_ISDIR(st.st_mode), err);
}

static int protect_path(struct rootfs *r, const char *path, struct error *err)
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
	return put_cover(fd, target, err);
}

static int protect_paths(const struct strlist *paths, struct rootfs *r, struct error *err)
{
	for (size_t i = 0; i < paths->len; i++)
		if (protect_path(r, paths->items[i], err) < 0)
			return error_prefix(err, "readonlyPaths: '%s'", paths->items[i]);
	return 0;
}

static int mask_paths(const struct strlist *paths, struct rootfs *r, struct error *err)
{
	struct covers covers = { -EBADF, -EBADF };
	int result = 0;

	for (size_t i = 0; result == 0 && i < paths->len; i++) {
		result = mask_path(r, &covers, paths->items[i], err);
		if (result < 0)
			error_prefix(err, "maskedPaths: '%s'", paths->items[i]);
	}
	fd_close(&covers.null);
	fd_close(&covers.empty);
	return result;
}

int mounts_mask(const struct container *c, struct rootfs *r, struct error *err)
{
	if (protect_paths(&c->config.readonly_paths, r, err) < 0)
		return -1;
	return mask_paths(&c->config.masked_paths, r, err);
}

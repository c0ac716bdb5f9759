/* SPDX-License-Identifier: Apache-2.0 */
#include "rootfs/bind.h"

#include "rootfs/attribute.h"

#include "base/alloc.h"
#include "system/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/mount.h>
#include <sys/vfs.h>
#include <unistd.h>

static bool is_sysfs(int fd)
{
	struct statfs fs;

	return fstatfs(fd, &fs) == 0 && fs.f_type == SYSFS_MAGIC;
}

/* A detached mount of the source of the config's mount of that number, as it is. The descriptor that the caller
 * opened (r->sources) goes before the path; a relative path is in bundle. */
static int clone_source(const struct rootfs *r, int bundle, const struct mount_config *mount,
			size_t number, struct error *err)
{
	int source = r->sources ? r->sources[number] : -EBADF;
	unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | (source >= 0 ? AT_EMPTY_PATH : 0);
	int dir = source >= 0 ? source : bundle;
	const char *path = source >= 0 ? "" : mount->source;
	int fd = open_tree(dir, path,
			   flags | (mount->options.binding == MOUNT_RBIND ? AT_RECURSIVE : 0));

	/* A user namespace may not leave out what is mounted below: that might hide something. */
	if (fd < 0 && errno == EINVAL)
		fd = open_tree(dir, path, flags | AT_RECURSIVE);
	return fd < 0 ? error_errno(err, "cannot bind '%s'", mount->source) : fd;
}

/* The kind of a mount that goes on to get what the host mounts; or 0. */
static uint64_t find_early_kind(const struct container *c, const struct mount_config *mount)
{
	uint64_t kind = mount->options.propagation;

	if (mount->options.binding == MOUNT_NEW || !(kind & (MS_SLAVE | MS_SHARED)))
		return 0;
	return kind & c->config.propagation.root & MS_SHARED ? MS_SHARED : MS_SLAVE;
}

int bind_clone_early(const struct container *c, struct rootfs *r, struct error *err)
{
	const struct mounts_config *mounts = &c->config.mounts;
	struct mount_attr slave = { .propagation = MS_SLAVE };

	for (size_t i = 0; i < mounts->len; i++) {
		uint64_t kind = find_early_kind(c, &mounts->items[i]);
		int fd;

		if (!kind)
			continue;
		if (!r->clones)
			r->clones = fd_array(mounts->len);
		fd = clone_source(r, AT_FDCWD, &mounts->items[i], i, err);
		if (fd >= 0 && kind == MS_SLAVE &&
		    mount_setattr(fd, "", AT_EMPTY_PATH | AT_RECURSIVE, &slave, sizeof(slave)) < 0)
			fd = error_errno(err, "cannot set mount propagation");
		if (fd < 0)
			return error_prefix(err, "mount '%s'", mounts->items[i].destination);
		r->clones[i] = fd;
	}
	return 0;
}

static int take_clone(struct rootfs *r, const struct mount_config *mount, size_t number,
		      struct error *err)
{
	if (r->clones && r->clones[number] >= 0)
		return r->clones[number];
	return clone_source(r, r->bundle, mount, number, err);
}

int bind_make(struct rootfs *r, struct mount_config *mount, size_t number, struct error *err)
{
	autoclose int fd = take_clone(r, mount, number, err);

	if (fd < 0)
		return -1;
	/* "ro" means one mount; but the host mounts its control groups below /sys, and a read-only
	 * sysfs must not show them writable. */
	if (mount->options.set & MOUNT_ATTR_RDONLY && is_sysfs(fd))
		mount->options.set_recursive |= MOUNT_ATTR_RDONLY;
	if (attributes_set(fd, mount, err) < 0)
		return -1;
	return fd_steal(&fd);
}

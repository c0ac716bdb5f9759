/* SPDX-License-Identifier: Apache-2.0 */
/* How this stays inside the root is told in rootfs.c. */
#include "rootfs/mount.h"

#include "rootfs/cgroup_view.h"
#include "rootfs/mount_fd.h"

#include "base/alloc.h"
#include "base/message.h"
#include "system/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

/* Access times that were asked for and that the kernel refuses: a user namespace cannot change those of
 * a mount from outside (mount_namespaces(7), locked flags). The default ones ("relatime") need not be
 * had. */
static int set_atime(int fd, unsigned flags, uint64_t set, uint64_t clear, struct error *err)
{
	struct mount_attr attr = { .attr_set = set, .attr_clr = clear };

	if ((!set && !clear) || mount_setattr(fd, "", flags, &attr, sizeof(attr)) == 0)
		return 0;
	if (errno != EPERM)
		return error_errno(err, "cannot set mount attributes");
	if (!set)
		return 0;
	error_set(err, ERROR_FAILED, "the option '%s' cannot be had: the host has locked it",
		  mount_option_name(set, 0));
	return error_hint(err, "mount the source so on the host, or leave the option out");
}

/* Other engines write "rw" for every mount: an attribute that stays as it is on the host is no error,
 * as with other runtimes. */
static int clear_attribute(int fd, unsigned flags, const char *destination, uint64_t bit,
			   struct error *err)
{
	struct mount_attr attr = { .attr_clr = bit };

	if (mount_setattr(fd, "", flags, &attr, sizeof(attr)) == 0)
		return 0;
	if (errno != EPERM)
		return error_errno(err, "cannot set mount attributes");
	message_warning("mount '%s': the host has locked what '%s' would change, ignoring it",
			destination, mount_option_name(0, bit));
	return 0;
}

/* All at once is refused: one after the other shows which cannot be had. */
static int change_each_attribute(int fd, unsigned flags, const char *destination, uint64_t set,
				 uint64_t clear, struct error *err)
{
	const uint64_t atime = MOUNT_ATTR__ATIME | MOUNT_ATTR_NODIRATIME;
	struct mount_attr attr = { .attr_set = set & ~atime };

	if (mount_setattr(fd, "", flags, &attr, sizeof(attr)) < 0)
		return error_errno(err, "cannot set mount attributes");
	if (set_atime(fd, flags, set & MOUNT_ATTR__ATIME, clear & MOUNT_ATTR__ATIME, err) < 0 ||
	    set_atime(fd, flags, set & MOUNT_ATTR_NODIRATIME, 0, err) < 0)
		return -1;
	for (uint64_t bit = 1; bit <= UINT32_MAX; bit <<= 1)
		if (clear & bit & ~(uint64_t)MOUNT_ATTR__ATIME &&
		    clear_attribute(fd, flags, destination, bit, err) < 0)
			return -1;
	return 0;
}

static int change_attributes(int fd, unsigned flags, const char *destination, uint64_t set,
			     uint64_t clear, struct error *err)
{
	struct mount_attr attr = { .attr_set = set, .attr_clr = clear };

	if ((!set && !clear) || mount_setattr(fd, "", flags, &attr, sizeof(attr)) == 0)
		return 0;
	if (errno != EPERM)
		return error_errno(err, "cannot set mount attributes");
	return change_each_attribute(fd, flags, destination, set, clear, err);
}

static int set_attributes(int fd, const struct mount_config *e, struct error *err)
{
	const struct mount_options *o = &e->options;

	if (change_attributes(fd, AT_EMPTY_PATH, e->destination, o->set, o->clear, err) < 0)
		return -1;
	return change_attributes(fd, AT_EMPTY_PATH | AT_RECURSIVE, e->destination, o->set_recursive,
				 o->clear_recursive, err);
}

static int set_propagation(int fd, const struct mount_options *o, struct error *err)
{
	struct mount_attr attr = { .propagation = o->propagation };

	if (!attr.propagation)
		return 0;
	if (mount_setattr(fd, "", AT_EMPTY_PATH | AT_RECURSIVE, &attr, sizeof(attr)) < 0)
		return error_errno(err, "cannot set mount propagation");
	return 0;
}

static bool is_filesystem(int fd, long magic)
{
	struct statfs fs;

	return fstatfs(fd, &fs) == 0 && (long)fs.f_type == magic;
}

/* source: the descriptor of it, or -EBADF. */
static int clone_source(int bundle, int source, const struct mount_config *e, struct error *err)
{
	unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | (source >= 0 ? AT_EMPTY_PATH : 0);
	int dir = source >= 0 ? source : bundle;
	const char *path = source >= 0 ? "" : e->source;
	int fd = open_tree(dir, path,
			   flags | (e->options.binding == MOUNT_RBIND ? AT_RECURSIVE : 0));

	/* A user namespace may not leave out what is mounted below: that might hide something. */
	if (fd < 0 && errno == EINVAL)
		fd = open_tree(dir, path, flags | AT_RECURSIVE);
	return fd < 0 ? error_errno(err, "cannot bind '%s'", e->source) : fd;
}

static int make_bind(struct rootfs *r, int source, struct mount_config *e, struct error *err)
{
	autoclose int fd = -EBADF;

	fd = clone_source(r->bundle, source, e, err);
	if (fd < 0)
		return -1;
	/* "ro" means one mount; but the host mounts its control groups below /sys, and a read-only
	 * sysfs must not show them writable. */
	if (e->options.set & MOUNT_ATTR_RDONLY && is_filesystem(fd, SYSFS_MAGIC))
		e->options.set_recursive |= MOUNT_ATTR_RDONLY;
	if (set_attributes(fd, e, err) < 0)
		return -1;
	return fd_steal(&fd);
}

/* sysfs belongs to the network namespace: without one of its own, the container sees the host's,
 * which it cannot mount again, bound and read-only. */
static int make_sysfs(struct rootfs *r, struct mount_config *e, struct error *err)
{
	struct error cause = { 0 };
	int fd = mount_fd_make("sysfs", e->source, &e->options.data, e->options.set, &cause);

	if (fd >= 0)
		return fd;
	if (cause.saved_errno != EPERM)
		return error_move(err, &cause);
	e->source = "/sys";
	e->options.binding = MOUNT_RBIND;
	e->options.set_recursive |= e->options.set | MOUNT_ATTR_RDONLY;
	return make_bind(r, -EBADF, e, err);
}

static int make_filesystem(struct rootfs *r, struct mount_config *e, struct error *err)
{
	int fd;

	if (strcmp(e->type, "sysfs") == 0)
		return make_sysfs(r, e, err);
	fd = mount_fd_make(e->type, e->source, &e->options.data, e->options.set, err);
	if (fd < 0 && error_errno_is(err, EPERM) && strcmp(e->type, "proc") == 0)
		error_hint(
			err,
			"the kernel allows a new procfs only with a pid namespace and where the present one is not covered in part");
	return fd;
}

/* The kernel's own filesystems are new and empty; any other type brings files from somewhere. */
static enum rootfs_owner owner_of(const struct mount_config *e)
{
	static const char *const own[] = { "tmpfs", "ramfs", "devpts", "mqueue", "proc" };

	for (size_t i = 0; e->options.binding == MOUNT_NEW && i < array_size(own); i++)
		if (strcmp(e->type, own[i]) == 0)
			return ROOTFS_OWN;
	return ROOTFS_BOUND;
}

static int make_mount(const struct container *c, struct rootfs *r, int source,
		      struct mount_config *e, struct error *err)
{
	bool is_bind = e->options.binding != MOUNT_NEW;
	/* On "/proc -> elsewhere" everything that is done to /proc later would miss it. */
	enum mount_fd_target target = strcmp(e->type, "proc") == 0 || strcmp(e->type, "sysfs") == 0
					      ? MOUNT_FD_NO_SYMLINKS
					      : MOUNT_FD_ANYWHERE;
	enum rootfs_owner owner;
	bool becomes_readonly;
	int fd;

	if (!is_bind && (strcmp(e->type, "cgroup") == 0 || strcmp(e->type, "cgroup2") == 0))
		return cgroup_view_mount(c, r, e->destination, e->options.set,
					 e->options.writable_asked, err);
	owner = owner_of(e);
	becomes_readonly = owner == ROOTFS_OWN && e->options.set & MOUNT_ATTR_RDONLY;
	if (becomes_readonly)
		e->options.set &= ~(uint64_t)MOUNT_ATTR_RDONLY;
	fd = is_bind ? make_bind(r, source, e, err) : make_filesystem(r, e, err);
	if (fd < 0 || mount_fd_attach(fd, r, e->destination, target, owner, err) < 0 ||
	    set_propagation(fd, &e->options, err) < 0)
		return -1;
	if (becomes_readonly)
		rootfs_protect_later(r);
	return 0;
}

int mounts_make(const struct container *c, struct rootfs *r, struct error *err)
{
	for (size_t i = 0; i < c->config.mounts.len; i++) {
		/* A mount that the kernel refuses may be made in another way: in a copy. */
		struct mount_config mount = c->config.mounts.items[i];

		if (make_mount(c, r, r->sources ? r->sources[i] : -EBADF, &mount, err) < 0)
			return error_prefix(err, "mount '%s'", mount.destination);
	}
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "rootfs/cgroup_view.h"

#include "rootfs/mount_fd.h"

#include "base/alloc.h"
#include "base/str.h"
#include "system/cgroup.h"
#include "system/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

static bool mounts_cgroups(const struct mounts_config *mounts)
{
	for (size_t i = 0; i < mounts->len; i++)
		if (str_starts_with(mounts->items[i].type, "cgroup"))
			return true;
	return false;
}

int cgroup_view_prepare(struct container *c, struct error *err)
{
	autostr struct str text = STR_INIT;

	if (!mounts_cgroups(&c->config.mounts) || cgroup_is_unified())
		return 0;
	if (cgroup_read_own(&text, err) < 0)
		return -1;
	c->cgroups = str_steal(&text);
	return 0;
}

/* A clone of what the host has at path, with these attributes on all of it. */
static int clone_host(const char *path, uint64_t attributes)
{
	struct mount_attr attr = { .attr_set = attributes };
	autoclose int fd =
		open_tree(AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);

	if (fd < 0 || mount_setattr(fd, "", AT_EMPTY_PATH | AT_RECURSIVE, &attr, sizeof(attr)) < 0)
		return -1;
	return fd_steal(&fd);
}

static int mount_unified(struct rootfs *r, const char *destination, uint64_t attributes,
			 struct error *err)
{
	struct error cause = { 0 };
	int fd = mount_fd_make("cgroup2", "cgroup", NULL, attributes, &cause);

	/* A user namespace without a cgroup namespace of its own may not mount cgroups: the host's
	 * are bound. */
	if (fd < 0 && cause.saved_errno == EPERM)
		fd = clone_host(CGROUP_ROOT, attributes | MOUNT_ATTR_RDONLY);
	if (fd < 0)
		return error_move(err, &cause);
	return mount_fd_attach(fd, r, destination, MOUNT_FD_ANYWHERE, ROOTFS_BOUND, err) < 0 ? -1
											     : 0;
}

/* One line of /proc/self/cgroup, "4:cpu,cpuacct:/path": bind that directory as cpu,cpuacct. A
 * hierarchy that the host has not mounted is left out. */
static int bind_hierarchy(int tmpfs, char *line, uint64_t attributes, struct error *err)
{
	struct cgroup_line own;
	autofree char *source = NULL;
	autoclose int fd = -EBADF;
	autoclose int target = -EBADF;
	const char *name;

	if (!cgroup_line_split(line, &own))
		return 0;
	name = own.controllers;
	if (str_starts_with(name, "name="))
		name += strlen("name=");
	if (!*name)
		name = "unified";
	source = xasprintf(CGROUP_ROOT "/%s%s", name, own.path);
	fd = clone_host(source, attributes);
	if (fd < 0)
		return 0;
	if (mkdirat(tmpfs, name, 0755) < 0)
		return error_errno(err, "cannot create '%s'", name);
	target = openat(tmpfs, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (target < 0 || mount_fd_move(fd, target) < 0)
		return error_errno(err, "cannot mount '%s'", name);
	return 0;
}

static int mount_legacy(const struct container *c, struct rootfs *r, const char *destination,
			uint64_t attributes, struct error *err)
{
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_RDONLY };
	int fd = mount_fd_make("tmpfs", "cgroup", NULL, attributes & ~(uint64_t)MOUNT_ATTR_RDONLY,
			       err);
	autofree char *text = xstrdup(c->cgroups ? c->cgroups : "");
	char *rest = text;
	char *line;

	if (fd < 0 || mount_fd_attach(fd, r, destination, MOUNT_FD_ANYWHERE, ROOTFS_OWN, err) < 0)
		return -1;
	while ((line = strsep(&rest, "\n")))
		if (bind_hierarchy(fd, line, attributes, err) < 0)
			return -1;
	if (mount_setattr(fd, "", AT_EMPTY_PATH, &attr, sizeof(attr)) < 0)
		return error_errno(err, "cannot make it read-only");
	return 0;
}

int cgroup_view_mount(const struct container *c, struct rootfs *r, const char *destination,
		      uint64_t attributes, bool writable_asked, struct error *err)
{
	if (!writable_asked || !namespaces_config_is_new(&c->config.namespaces, NAMESPACE_CGROUP))
		attributes |= MOUNT_ATTR_RDONLY;
	if (c->cgroups)
		return mount_legacy(c, r, destination, attributes, err);
	return mount_unified(r, destination, attributes, err);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "rootfs/idmap_mount.h"

#include "system/fd.h"
#include "system/fd_pass.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/vfs.h>
#include <unistd.h>

#define FILESYSTEM_NAME_MAX 24

static const struct {
	long magic;
	const char *name;
} filesystems[] = {
	{ EXT4_SUPER_MAGIC, "ext4" },
	{ XFS_SUPER_MAGIC, "xfs" },
	{ BTRFS_SUPER_MAGIC, "btrfs" },
	{ TMPFS_MAGIC, "tmpfs" },
	{ OVERLAYFS_SUPER_MAGIC, "overlay" },
	{ PROC_SUPER_MAGIC, "proc" },
	{ SYSFS_MAGIC, "sysfs" },
	{ DEVPTS_SUPER_MAGIC, "devpts" },
	{ NFS_SUPER_MAGIC, "nfs" },
	{ FUSE_SUPER_MAGIC, "fuse" },
	{ V9FS_MAGIC, "9p" },
	{ MSDOS_SUPER_MAGIC, "vfat" },
	{ CGROUP_SUPER_MAGIC, "cgroup" },
	{ CGROUP2_SUPER_MAGIC, "cgroup2" },
};

/* The name of the filesystem that fd is in, or its number where it has none here. */
static const char *filesystem_name(int fd, char buffer[FILESYSTEM_NAME_MAX])
{
	struct statfs fs;

	if (fstatfs(fd, &fs) < 0)
		return "of an unknown kind";
	for (size_t i = 0; i < array_size(filesystems); i++)
		if (filesystems[i].magic == (long)fs.f_type)
			return filesystems[i].name;
	snprintf(buffer, FILESYSTEM_NAME_MAX, "number %#lx", (unsigned long)fs.f_type);
	return buffer;
}

int idmap_mount_set(int fd, int userns, enum mount_idmap idmap)
{
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_IDMAP,
				   .userns_fd = (uint64_t)(unsigned)userns };

	return mount_setattr(fd, "", AT_EMPTY_PATH | (idmap == MOUNT_RIDMAP ? AT_RECURSIVE : 0),
			     &attr, sizeof(attr));
}

/* Have the caller map the IDs. -1 with errno. */
static int ask_caller(int socket, int fd)
{
	int number;

	if (fd_pass_send(socket, fd) < 0)
		return -1;
	if (fd_read_full(socket, &number, sizeof(number)) != sizeof(number)) {
		errno = EPIPE;
		return -1;
	}
	errno = number;
	return number ? -1 : 0;
}

static int map_here(const struct rootfs *r, int fd, const struct mount_config *mount, size_t number)
{
	autoclose int own = -EBADF;
	int userns = r->idmaps ? r->idmaps[number] : -EBADF;

	if (userns < 0)
		userns = own = open("/proc/self/ns/user", O_RDONLY | O_CLOEXEC);
	return userns < 0 ? -1 : idmap_mount_set(fd, userns, mount->options.idmap);
}

int idmap_mount_apply(const struct rootfs *r, int fd, const struct mount_config *mount,
		      size_t number, struct error *err)
{
	char buffer[FILESYSTEM_NAME_MAX];
	const char *name = filesystem_name(fd, buffer);
	int result =
		r->idmapper >= 0 ? ask_caller(r->idmapper, fd) : map_here(r, fd, mount, number);

	if (result == 0)
		return 0;
	if (errno == EPERM) {
		error_errno(err, "cannot map IDs on the filesystem %s", name);
		return error_hint(
			err,
			"the kernel maps them for the root of the user namespace that the filesystem is of, and once");
	}
	error_errno(err, "cannot map IDs on the filesystem %s", name);
	return errno == EINVAL
		       ? error_hint(
				 err,
				 "this filesystem has no ID maps, or is of the container's own user namespace: then it needs uidMappings and gidMappings")
		       : -1;
}

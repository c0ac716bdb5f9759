/* SPDX-License-Identifier: Apache-2.0 */
#include "rootfs/remount.h"

#include "rootfs/attribute.h"
#include "rootfs/mount_fd.h"

#include "system/fd.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_mount_root(int fd)
{
	struct statx st;

	return statx(fd, "", AT_EMPTY_PATH, STATX_MNT_ID, &st) == 0 &&
	       st.stx_attributes & STATX_ATTR_MOUNT_ROOT;
}

/* A filesystem of this run gets read-only at the end, as when it is mounted (rootfs_protect_later()). */
static void change_protection(struct rootfs_mount *mount, struct mount_options *options)
{
	if (options->set & MOUNT_ATTR_RDONLY)
		mount->becomes_readonly = true;
	if (options->clear & MOUNT_ATTR_RDONLY)
		mount->becomes_readonly = false;
	options->set &= ~(uint64_t)MOUNT_ATTR_RDONLY;
}

int remount_apply(struct rootfs *r, const struct mount_config *mount, struct error *err)
{
	autoclose int fd = rootfs_open(r, mount->destination, O_PATH);
	struct mount_config changed = *mount;
	struct rootfs_mount *found;

	if (fd < 0)
		return error_errno(err, "cannot open it");
	if (!is_mount_root(fd))
		return error_set(err, ERROR_FAILED,
				 "nothing is mounted there that could be changed");
	found = rootfs_find_mount(r, fd);
	if (mount->options.binding == MOUNT_NEW && mount->options.data.len > 0) {
		if (!found || found->owner != ROOTFS_OWN)
			return error_set(err, ERROR_FAILED,
					 "'%s' is for a filesystem that the container has alone",
					 mount->options.data.items[0]);
		if (mount_fd_reconfigure(fd, mount->type, &mount->options.data, err) < 0)
			return -1;
	}
	if (found && found->owner == ROOTFS_OWN)
		change_protection(found, &changed.options);
	return attributes_set(fd, &changed, err);
}

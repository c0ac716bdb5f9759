/* SPDX-License-Identifier: Apache-2.0 */
#include "rootfs/idmap_mount.h"

#include "system/fd.h"
#include "system/fd_pass.h"
#include "system/filesystem.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

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
	int result =
		r->idmapper >= 0 ? ask_caller(r->idmapper, fd) : map_here(r, fd, mount, number);
	int failure = errno;
	struct filesystem fs;

	if (result == 0)
		return 0;
	filesystem_read(fd, &fs);
	errno = failure;
	error_errno(err, "cannot map IDs on the filesystem %s", fs.name);
	if (failure == EPERM)
		return error_hint(
			err,
			"the kernel maps them for the root of the user namespace that the filesystem is of, and once");
	return failure == EINVAL
		       ? error_hint(
				 err,
				 "this filesystem has no ID maps, or is of the container's own user namespace: then it needs uidMappings and gidMappings")
		       : -1;
}

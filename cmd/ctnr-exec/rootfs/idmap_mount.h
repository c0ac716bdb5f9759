/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Idmapped mounts (mount_setattr(2), MOUNT_ATTR_IDMAP): the owners of files are others in the mount than on
 * the disk, as a user namespace maps them. The kernel lets only who has CAP_SYS_ADMIN in the user namespace
 * of the filesystem do that: the host's root for that of a disk, anybody for a tmpfs of one's own.
 */
#ifndef CTNR_EXEC_ROOTFS_IDMAP_MOUNT_H
#define CTNR_EXEC_ROOTFS_IDMAP_MOUNT_H

#include "rootfs/rootfs.h"

/* Map the IDs of the detached mount fd, and of all below it for "ridmap", by the user namespace userns.
 * -1 with errno. */
int idmap_mount_set(int fd, int userns, enum mount_idmap idmap);

/* The same for the config's mount of that number, which asks for it: by its own map or the container's,
 * here or by the caller (r->idmapper). Errors name the filesystem. */
int idmap_mount_apply(const struct rootfs *r, int fd, const struct mount_config *mount,
		      size_t number, struct error *err);

#endif

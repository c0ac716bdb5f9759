/* SPDX-License-Identifier: Apache-2.0 */
/* Device nodes: the default ones (runtime-spec config-linux.md, "Default Devices") and
 * linux.devices, wherever these are. Where the kernel allows it they are nodes of the container's own,
 * made in a tmpfs, and bound from one where the place is among the image's files; else the host's are
 * bound. */
#ifndef CTNR_EXEC_ROOTFS_DEVICE_H
#define CTNR_EXEC_ROOTFS_DEVICE_H

#include "rootfs/rootfs.h"

#include <sys/stat.h>
#include <sys/types.h>

/* A detached mount of the host's device at path, which must be of that type (S_IFCHR, S_IFBLK) and
 * number. It is read-only: reading and writing the device works, while its inode, which is the
 * host's, keeps its mode, owner and times whatever rights the container has. */
int device_open_host(const char *path, mode_t type, unsigned major, unsigned minor,
		     struct error *err);

/* The host's null device in such a mount, open for reading and writing. For CAP_SYS_ADMIN. */
int device_open_host_null(struct error *err);

/* Devices, and the links /dev/fd, /dev/stdin, /dev/stdout, /dev/stderr, /dev/ptmx, /dev/core. A /dev that is
 * bound from elsewhere is left as it is: there the default devices and links are not made, and a
 * device of linux.devices must be there already. Where the config mounts something at the very path
 * of a default device or link ("-v /dev/urandom:/dev/random"), that stays. */
int devices_make(const struct container *c, struct rootfs *r, struct error *err);

/* Put the detached mount fd at /dev/console, over an empty file; what is there and is no file is
 * replaced. In a /dev that is bound only a console that is there is covered. */
int device_bind_console(struct rootfs *r, int fd, struct error *err);

/* Is it the null device, this or that node of it? */
bool device_is_null(const struct stat *st);

/* Make those of the descriptors 0 to 2 for which is_null is true the container's null device. The
 * host's is never handed in: root inside could change its mode and owner. */
int devices_open_null(struct rootfs *r, const bool is_null[3], struct error *err);

#endif

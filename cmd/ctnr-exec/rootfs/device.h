/* SPDX-License-Identifier: Apache-2.0 */
/* Device nodes: the default ones (runtime-spec config-linux.md, "Default Devices") and
 * linux.devices. Made by mknod where the kernel allows it, else the host's are bound. */
#ifndef CTNR_EXEC_ROOTFS_DEVICE_H
#define CTNR_EXEC_ROOTFS_DEVICE_H

#include "rootfs/rootfs.h"

#include <sys/types.h>

/* A detached mount of the host's device at path, which must be of that type (S_IFCHR, S_IFBLK) and
 * number. */
int device_open_host(const char *path, mode_t type, unsigned major, unsigned minor,
		     struct error *err);

/* Devices, and the links /dev/fd, /dev/stdin, /dev/stdout, /dev/stderr, /dev/ptmx. */
int devices_make(const struct container *c, const struct rootfs *r, struct error *err);

/* Put the detached mount fd at /dev/NAME, over an empty file. What is there and is no plain file is
 * replaced. */
int device_bind(const struct rootfs *r, int fd, const char *path, struct error *err);

#endif

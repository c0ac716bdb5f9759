/* SPDX-License-Identifier: Apache-2.0 */
/* mounts (runtime-spec config.md, "Mounts"). */
#ifndef CTNR_EXEC_ROOTFS_MOUNT_H
#define CTNR_EXEC_ROOTFS_MOUNT_H

#include "rootfs/rootfs.h"

/* Make all mounts of the config, in their order. */
int mounts_make(const struct container *c, struct rootfs *r, struct error *err);

/* Put the detached mount fd at path; fd stays open and the caller's. */
int mount_attach(const struct rootfs *r, int fd, const char *path, struct error *err);

/* A new detached filesystem. data: options, may be NULL. attributes: MOUNT_ATTR_*. */
int mount_filesystem(const char *type, const char *source, const struct strlist *data,
		     uint64_t attributes, struct error *err);

#endif

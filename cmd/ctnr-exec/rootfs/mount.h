/* SPDX-License-Identifier: Apache-2.0 */
/* mounts (runtime-spec config.md, "Mounts"). */
#ifndef CTNR_EXEC_ROOTFS_MOUNT_H
#define CTNR_EXEC_ROOTFS_MOUNT_H

#include "rootfs/rootfs.h"

/* Make all mounts of the config, in their order. */
int mounts_make(const struct container *c, struct rootfs *r, struct error *err);

#endif

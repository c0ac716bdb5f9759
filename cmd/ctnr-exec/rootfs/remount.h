/* SPDX-License-Identifier: Apache-2.0 */
/* The mount option "remount": what is mounted at the destination is changed. */
#ifndef CTNR_EXEC_ROOTFS_REMOUNT_H
#define CTNR_EXEC_ROOTFS_REMOUNT_H

#include "rootfs/rootfs.h"

/* Change the attributes that the options name, and leave the others. Options of the filesystem itself are
 * changed only of one that this run made. */
int remount_apply(struct rootfs *r, const struct mount_config *mount, struct error *err);

#endif

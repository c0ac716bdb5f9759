/* SPDX-License-Identifier: Apache-2.0 */
/* linux.maskedPaths and linux.readonlyPaths (runtime-spec config-linux.md). */
#ifndef CTNR_EXEC_ROOTFS_MASK_H
#define CTNR_EXEC_ROOTFS_MASK_H

#include "rootfs/rootfs.h"

/* Cover the masked paths and protect the read-only ones; those that are not there are left out. */
int mounts_mask(const struct container *c, struct rootfs *r, struct error *err);

#endif

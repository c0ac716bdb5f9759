/* SPDX-License-Identifier: Apache-2.0 */
/* The filled root filesystem becomes that of the process. */
#ifndef CTNR_EXEC_ROOTFS_ENTER_H
#define CTNR_EXEC_ROOTFS_ENTER_H

#include "rootfs/rootfs.h"

/* Make read-only what the config wants so, the root and mounts, and the root that of this process: by
 * pivot_root(2), after which the host's mounts are gone, or as c->no_pivot says. */
int rootfs_enter(const struct container *c, struct rootfs *r, struct error *err);

#endif

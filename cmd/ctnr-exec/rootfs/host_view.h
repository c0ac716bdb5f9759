/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a container sees of the host where its root is not made by pivot_root(2) but moved over the
 * host's: the host's mounts stay in its mount namespace, below the root. The kernel lets a process
 * mount procfs and sysfs that sees a whole one already, and would take those of the host for that.
 */
#ifndef CTNR_EXEC_ROOTFS_HOST_VIEW_H
#define CTNR_EXEC_ROOTFS_HOST_VIEW_H

#include "rootfs/rootfs.h"

/* Take the host's procfs and sysfs away, or cover them where they are locked. */
int host_view_hide(const struct rootfs *r, struct error *err);

#endif

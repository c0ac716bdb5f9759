/* SPDX-License-Identifier: Apache-2.0 */
/* The container's view of its control groups. Limits are linux.resources' and not set here. */
#ifndef CTNR_EXEC_ROOTFS_CGROUP_VIEW_H
#define CTNR_EXEC_ROOTFS_CGROUP_VIEW_H

#include "rootfs/rootfs.h"

/* In the caller's process: note in c->cgroups where we are, when the config mounts cgroups and the
 * machine has version 1. */
int cgroup_view_prepare(struct container *c, struct error *err);

/* Mount the cgroup filesystem at destination: version 2 as it is, of version 1 our own groups on a
 * tmpfs. Read-only, unless the container has a cgroup namespace of its own and asks. */
int cgroup_view_mount(const struct container *c, struct rootfs *r, const char *destination,
		      uint64_t attributes, bool writable_asked, struct error *err);

#endif

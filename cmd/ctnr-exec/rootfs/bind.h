/* SPDX-License-Identifier: Apache-2.0 */
/* Bind mounts. */
#ifndef CTNR_EXEC_ROOTFS_BIND_H
#define CTNR_EXEC_ROOTFS_BIND_H

#include "rootfs/rootfs.h"

/* Bind mounts that ask for "slave" or "shared" get what the host mounts later: clone their sources into
 * r->clones, while these have to do with the host's mounts still. Only a mount that asks for "shared",
 * in a container whose root is shared, goes on to be the host's peer. The working directory is the
 * bundle. */
int bind_clone_early(const struct container *c, struct rootfs *r, struct error *err);

/* The detached mount with the attributes of its options, which may be changed. */
int bind_make(struct rootfs *r, struct mount_config *mount, size_t number, struct error *err);

#endif

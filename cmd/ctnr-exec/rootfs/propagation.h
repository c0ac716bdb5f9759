/* SPDX-License-Identifier: Apache-2.0 */
/* What mounts see of each other (mount_namespaces(7), config/propagation.h). */
#ifndef CTNR_EXEC_ROOTFS_PROPAGATION_H
#define CTNR_EXEC_ROOTFS_PROPAGATION_H

#include "rootfs/rootfs.h"

/* First of all: nothing that is mounted from here on shows in the host's namespace. */
int propagation_separate(const struct container *c, struct error *err);

/* Set what the options of an attached mount ask for, and remember it: it is the one that was remembered
 * last. */
int propagation_set(struct rootfs *r, const struct mount_options *options, struct error *err);

/* Last of all, when the root is the process's: set what linux.rootfsPropagation asks for. A mount that
 * asked for something itself has that. */
int propagation_set_root(const struct container *c, const struct rootfs *r, struct error *err);

#endif

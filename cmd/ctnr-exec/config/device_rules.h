/* SPDX-License-Identifier: Apache-2.0 */
/*
 * linux.resources.devices (runtime-spec config-linux.md, "Allowed Device list"): which devices the
 * processes of a container may open and make.
 *
 * There is no device controller here. What a rule denies is held by not letting the container make or
 * open device nodes at all, beyond those that it is given: its root filesystem is nodev, and it gets no
 * CAP_MKNOD. (In a user namespace the kernel does both by itself.) What cannot be held so is told: a
 * node that is given and denied, and a rule that allows what is not given.
 *
 * The default devices of the specification are allowed, as in other runtimes, unless a rule denies one
 * by its number.
 */
#ifndef CTNR_EXEC_CONFIG_DEVICE_RULES_H
#define CTNR_EXEC_CONFIG_DEVICE_RULES_H

#include "config/devices.h"
#include "config/mounts.h"

#include "base/error.h"
#include "format/json.h"

#include <stdbool.h>

/* Read them from the "linux" node (absent: none). *ret_deny: something is denied. Prints the warnings
 * about devices, which are given to the container, and about mounts, which may bring nodes along. */
int device_rules_read(const struct jnode *linux_node, const struct devices_config *devices,
		      const struct mounts_config *mounts, bool *ret_deny, struct error *err);

#endif

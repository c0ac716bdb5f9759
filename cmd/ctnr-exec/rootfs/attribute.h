/* SPDX-License-Identifier: Apache-2.0 */
/* The attributes of a mount: read-only, nosuid, access times (config/mount_option.h). */
#ifndef CTNR_EXEC_ROOTFS_ATTRIBUTE_H
#define CTNR_EXEC_ROOTFS_ATTRIBUTE_H

#include "config/mounts.h"

#include "base/error.h"

/* Change those of the mount fd, and of all below it, as the options say. Access times that the kernel
 * refuses are an error; another attribute that stays set, because the host has locked it, is told. */
int attributes_set(int fd, const struct mount_config *mount, struct error *err);

#endif

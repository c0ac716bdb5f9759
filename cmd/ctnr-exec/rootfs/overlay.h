/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Overlay bundles: lower/0..N are symlinks to layer directories, 0 on top. Mounting happens from
 * inside lower/, by these short names, because the kernel takes one page of options.
 */
#ifndef CTNR_EXEC_ROOTFS_OVERLAY_H
#define CTNR_EXEC_ROOTFS_OVERLAY_H

#include "container.h"

#define OVERLAY_LAYERS_MAX 499

/* In the caller's process: is it an overlay bundle? Check it, and compose c->overlay_options. */
int overlay_prepare(struct container *c, struct error *err);

/* Mount it on target, a path relative to the bundle, which is the working directory. attributes:
 * MS_*. */
int overlay_mount(const struct container *c, const char *target, unsigned long attributes,
		  struct error *err);

#endif

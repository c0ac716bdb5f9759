/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All of a container's tree as one layer: the upper directory and the layers as the overlay shows them, or the
 * rootfs of a copy. There is nothing below it, so that nothing is deleted. The root has
 * an entry: without one podman makes it 0555, and others 0755.
 */
#ifndef CTNR_PACK_MERGED_H
#define CTNR_PACK_MERGED_H

#include "object.h"

#include "store/mount_points.h"
#include "store/trees.h"

int merged_write(const struct trees *trees, const struct mount_points *points,
		 struct object_writer *writer, struct error *err);

#endif

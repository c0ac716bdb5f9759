/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rootfs of a copy beside the layers of its image, as a layer: what an overlay's upper directory would have
 * after the same work, so that both give the same archive.
 *
 *	changed, added		entries; of what was changed the parents too, as the kernel copies them up
 *	removed			a whiteout
 *	directory for a file	its entry, and an opaque mark
 *	another name of a file	all names of it are entries, because it is one file in the image no more
 *	the root		an entry only when its mode, owner or attributes are others (upper.h)
 *
 * Where the two forms differ: what an overlay has copied up stays in it when it becomes again what it was, and a
 * directory that was removed and made anew hides there what this deletes name by name.
 */
#ifndef CTNR_PACK_COMPARISON_H
#define CTNR_PACK_COMPARISON_H

#include "object.h"

#include "store/mount_points.h"
#include "store/trees.h"

/* Write it, without the mount points. Of trees number 0 is the rootfs, the others are the layers, the top one
 * first. */
int comparison_write(const struct trees *trees, const struct mount_points *points,
		     struct object_writer *writer, struct error *err);

#endif

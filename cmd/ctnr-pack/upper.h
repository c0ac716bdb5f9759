/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The upper directory of an overlay as a layer: it is the change set itself.
 *
 *	character device 0:0		a whiteout
 *	a directory marked as opaque	its entry, and an opaque mark where the layers below show something there:
 *					kernels mark new directories in different ways
 *	a directory copied up		its entry, as docker writes it
 *	the root			an entry "./" only when its mode, owner or attributes are others than those of
 *					the top layer's: docker and buildah write none, and its time changes
 *					with every name in it
 *
 * Nothing else of the layers is looked at.
 */
#ifndef CTNR_PACK_UPPER_H
#define CTNR_PACK_UPPER_H

#include "object.h"

#include "store/mount_points.h"
#include "store/trees.h"

/* Write it, without the mount points. below is of the trees' root. */
int upper_write(const struct trees *trees, struct below *below, const struct mount_points *points,
		struct object_writer *writer, struct error *err);

#endif

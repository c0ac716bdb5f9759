/* SPDX-License-Identifier: Apache-2.0 */
/* Copying objects of a finished layer into the one above it, with all that belongs to them. */
#ifndef CTNR_UNPACK_WORKERS_LAYER_COPY_UP_H
#define CTNR_UNPACK_WORKERS_LAYER_COPY_UP_H

#include "base/error.h"

#include <sys/stat.h>

/* Owner, mode and extended attributes (but the overlay's own), not times. */
int copy_up_metadata(int from, int to, const struct stat *st, struct error *err);

/* Copy what is no directory from a layer's path to dirfd/name, which must not exist: content
 * shared where the filesystem can, with its time. st is of the original. */
int copy_up_object(int root, const char *path, const struct stat *st, int dirfd, const char *name,
		   struct error *err);

#endif

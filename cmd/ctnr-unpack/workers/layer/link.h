/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hardlinks. The target is a name in the same archive's root, found as everything else is: its
 * directory in the view, itself without following. A target in a layer below is copied up to its
 * own place first, so that both names are one file again.
 */
#ifndef CTNR_UNPACK_WORKERS_LAYER_LINK_H
#define CTNR_UNPACK_WORKERS_LAYER_LINK_H

#include "workers/layer/layer.h"

#include "format/tar.h"
#include "layer/name.h"

/* Make the link of that name to the target of entry. */
int link_make(struct layer *layer, const struct name_parts *name, const struct tar_entry *entry,
	      struct error *err);

#endif

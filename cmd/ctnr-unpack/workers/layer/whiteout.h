/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Deletions (image-spec layer.md, "Whiteouts"). They hide what layers below left, never an entry
 * of their own layer, whatever the order.
 *
 * Overlay form: a name that this layer did not make becomes a 0:0 device; a directory that it made
 * becomes opaque; anything else that it made hides by itself. The overlay does not look at the mark
 * on a layer's root, so there every name below gets its own.
 *
 * Plain form: what is there is removed, but for what this layer made.
 */
#ifndef CTNR_UNPACK_WORKERS_LAYER_WHITEOUT_H
#define CTNR_UNPACK_WORKERS_LAYER_WHITEOUT_H

#include "workers/layer/layer.h"

/* Delete one name. */
int whiteout_apply(struct layer *layer, struct view_dir *dir, const char *name, struct error *err);

/* Delete all that was in the directory before. */
int whiteout_apply_opaque(struct layer *layer, struct view_dir *dir, struct error *err);

#endif

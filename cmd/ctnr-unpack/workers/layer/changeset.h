/* SPDX-License-Identifier: Apache-2.0 */
/* All entries of a layer's archive, one after the other (image-spec layer.md, "Applying
 * Changesets"). */
#ifndef CTNR_UNPACK_WORKERS_LAYER_CHANGESET_H
#define CTNR_UNPACK_WORKERS_LAYER_CHANGESET_H

#include "workers/layer/layer.h"

#include "format/tar.h"
#include "system/confine.h"

#define CHANGESET_ENTRIES_MAX 4000000U

/* What a process may do that applies a changeset, and no more. */
extern const struct confine_profile changeset_profile;

/* Apply the archive to the layer. tick (may be NULL) is called now and then. */
int changeset_apply(struct layer *layer, struct tar_reader *tar, void (*tick)(void *data),
		    void *data, struct error *err);

#endif

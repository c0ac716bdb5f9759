/* SPDX-License-Identifier: Apache-2.0 */
/* All entries of a layer's archive, one after the other (image-spec layer.md, "Applying
 * Changesets"). */
#ifndef CTNR_UNPACK_WORKERS_LAYER_CHANGESET_H
#define CTNR_UNPACK_WORKERS_LAYER_CHANGESET_H

#include "workers/layer/layer.h"

#include "format/tar.h"
#include "system/confine.h"

/* Entries of one layer, and of all that are applied for one image. */
#define CHANGESET_ENTRIES_MAX 4000000U
#define CHANGESETS_ENTRIES_MAX 16000000U

/* Bytes of extended attributes, names and values, of all layers that are applied for one image. A
 * million files with two ACLs each have half of that. */
#define CHANGESETS_XATTRS_MAX (256U << 20)

/* What the layers of one image have brought so far. */
struct changeset_totals {
	uint64_t n_entries;
	uint64_t xattr_bytes;
};

/* What a process may do that applies a changeset, and no more. */
extern const struct confine_profile changeset_profile;

/* Apply the archive to the layer, and add to the totals. tick (may be NULL) is called now and then. */
int changeset_apply(struct layer *layer, struct tar_reader *tar, struct changeset_totals *totals,
		    void (*tick)(void *data), void *data, struct error *err);

#endif

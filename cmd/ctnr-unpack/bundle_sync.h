/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What must be on the disk before a bundle that stays has its record: else a loss of power leaves a
 * bundle that looks complete and is not.
 */
#ifndef CTNR_UNPACK_BUNDLE_SYNC_H
#define CTNR_UNPACK_BUNDLE_SYNC_H

#include "format/digest.h"
#include "store/bundle.h"
#include "system/identity.h"

/* The folders that hold the layers, whose content was synced by the worker that made them: whoever renamed
 * a layer there last may have been killed before they were synced. layers: chain IDs. */
int bundle_sync_layers(const struct store *store, const struct identity *identity,
		       const struct digest *layers, size_t n_layers, struct error *err);

/* The bundle's own directories with the links to its layers, its name, and the link that registers it. Its
 * directory itself is left to bundle_save(). */
int bundle_sync(const struct store *store, const struct bundle *bundle, struct error *err);

#endif

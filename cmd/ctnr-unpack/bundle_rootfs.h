/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What makes a bundle's root filesystem (ctnr-store(5)): an overlay bundle has lower/0..N, symlinks
 * to the layers' directories with the top one as 0, upper/ and work/; a copy bundle has a full
 * rootfs/. Both have rootfs/ and etc/.
 */
#ifndef CTNR_UNPACK_BUNDLE_ROOTFS_H
#define CTNR_UNPACK_BUNDLE_ROOTFS_H

#include "format/digest.h"
#include "store/bundle.h"
#include "system/identity.h"

/* The overlay's directories. layers: chain IDs, base first. */
int bundle_rootfs_make_overlay(const struct bundle *bundle, const struct store *store,
			       const struct identity *identity, const struct digest *layers,
			       size_t n_layers, struct error *err);

/* Have the links of an overlay bundle that is complete lead to these layers, where one leads nowhere: the store
 * was moved without the bundle, or with a bundle of an older version. */
int bundle_rootfs_repair_overlay(const struct bundle *bundle, const struct store *store,
				 const struct identity *identity, const struct digest *layers,
				 size_t n_layers, struct error *err);

/* What a copy bundle has beside the rootfs that the worker fills. */
int bundle_rootfs_make_copy(const struct bundle *bundle, struct error *err);

/* Is everything there that the making of that driver makes? */
bool bundle_rootfs_is_complete(const struct bundle *bundle);

/* Was that directory made by bundle_create(), or is there nothing in it that
 * bundle_rootfs_remove() removes? Fails for anybody else's: "work" and "lower" are usual names. */
int bundle_rootfs_check_ours(const struct bundle *bundle, const struct store *store,
			     struct error *err);

/* Remove both drivers' files and all that containers wrote; the record goes first, so that a
 * bundle that was being changed when its process was killed is not taken for a finished one. With
 * FILE_SYNC neither when the power was lost. */
int bundle_rootfs_remove(const struct bundle *bundle, const struct identity *identity,
			 enum file_sync sync, struct error *err);

#endif

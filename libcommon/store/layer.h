/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unpacked layers in the store: layers/IDMAP/ALG/CHAINID/{diff/,owners,size,link}, and the chain IDs of an
 * image (image-spec config.md, "Layer ChainID").
 *
 * Chain IDs need SHA-256, which a warm run does not load: they are kept in
 * cache/chains/ALG/HEX of the image config's digest, one a line, base first, and a line "end" behind
 * them: the file is not synced, and what a power cut leaves of it (no bytes, a part, zeros) is no list of
 * layers. A tool that does not find them there runs the layer worker, which computes them and writes the
 * file.
 */
#ifndef STORE_LAYER_H
#define STORE_LAYER_H

#include "base/str.h"
#include "format/digest.h"
#include "store/store.h"
#include "system/tree_usage.h"

#include <stdbool.h>

/* In a layer's directory: a symlink of which the links of bundles are further names, so that it leads to
 * diff/ from there and nowhere from here. Made by the first bundle that has the layer (bundle_stack.c), and
 * not needed. */
#define LAYER_LINK "link"

/* In a layer's directory: how much of the disk it takes, so that nobody has to walk through it. One line, the
 * decimal number of bytes of the blocks of the directory itself, diff/ and owners; LAYER_SIZE and LAYER_LINK
 * come later, and are looked at each time. Derived data, which may be missing: written when the layer is
 * made, or by the first who wants to know it. */
#define LAYER_SIZE "size"

/* "layers/IDMAP/sha256/HEX" relative to the store, new. */
char *layer_path(const char *idmap, const struct digest *chain_id);

/* Is that layer there, whole? One that a collector keeps aside is taken back (oci/layout.h). */
bool layer_exists(const struct store *store, const char *idmap, const struct digest *chain_id);

/* Let the layer whose directory is dirfd/path be there again when a collector keeps it aside. */
bool layer_take_back(int dirfd, const char *path);

/* "cache/chains/sha256/HEX" of a config relative to the store, new. */
char *layer_chain_path(const struct digest *config);

/* What that file says of n chain IDs, base first; new. */
char *layer_chain_text(const struct digest *chain_ids, size_t n);

/* Read the cached chain IDs of a config: ret gets n digests, new array. Returns 1 when they are
 * cached, 0 when not, or when the file is damaged. */
int layer_chain_cached(const struct store *store, const struct digest *config, struct digest **ret,
		       size_t *ret_len, struct error *err);

/* How much of the disk a layer takes, dirfd/name: what its file says, with that file and the link of bundles.
 * False: it is not known, because there is no such file, or a damaged one. */
bool layer_size_read(int dirfd, const char *name, struct inode_set *seen, uint64_t *ret);

/* Measure the directory of a layer that is whole, as the file has it: a walk through all of it, in the user
 * namespace that owns the files. */
int layer_size_measure(int layerfd, enum tree_usage_state state, uint64_t *ret, struct error *err);

/* Write the file. The time of the directory, which tells a collector when the layer was used, stays. Failing is
 * no failure. */
void layer_size_write(int layerfd, uint64_t bytes);

#endif

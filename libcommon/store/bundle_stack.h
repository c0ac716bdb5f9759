/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The layers of an overlay bundle: lower/0..N, symlinks to the layers' directories in the store,
 * the top one as 0, without gaps. An image without layers has one empty directory lower/0. That
 * lower/ is there makes a bundle an overlay bundle.
 *
 * The links of a bundle in the store are relative, so that a store can be moved with its bundles; those of a
 * bundle elsewhere, and of older versions, are absolute.
 *
 * A symlink as long as these takes an inode and a block, and ext4 is slow to give them: each layer has
 * one (LAYER_LINK), and those of bundles in the store are hard links to it, as far as the filesystem can.
 *
 * The links are what holds a layer in the store (cmd/ctnr-store/layers.c): they are made before
 * the layers are known to be there still (bundle_stack_check()).
 */
#ifndef STORE_BUNDLE_STACK_H
#define STORE_BUNDLE_STACK_H

#include "base/error.h"
#include "base/str.h"
#include "format/digest.h"
#include "layer/stack.h"
#include "store/bundle.h"
#include "store/store.h"
#include "system/identity.h"

#include <stdbool.h>
#include <sys/stat.h>

#define BUNDLE_STACK_TOP "lower/0" /* in an overlay bundle: the top layer's directory */
#define BUNDLE_STACK_NAME_MAX 24 /* bytes: a name in lower/, a number */

/* Make lower/ with the links, or what of them is missing or says something else. chain_ids: base first. */
int bundle_stack_write(const struct bundle *bundle, const struct store *store, const char *idmap,
		       const struct digest *chain_ids, size_t n_chain_ids, struct error *err);

/* Is every layer there that has a link? One that a collector keeps aside is taken back (oci/layout.h), and
 * one that was removed before the link was made is ERROR_TEMPORARY. Without lower/ there is nothing to
 * check. */
int bundle_stack_check(const struct bundle *bundle, struct error *err);

/* Take back the layers of an open lower/ that a collector keeps aside: one that was killed. Were there
 * any? */
bool bundle_stack_take_back(int lower);

/* Open lower/. Returns the descriptor, or -1; saved_errno is ENOENT when it is no overlay bundle. */
int bundle_stack_open_lower(int bundlefd, struct error *err);

/* Name the layer number index of an open lower/, top first, and look at what has that name.
 * Returns 1, 0 when there are no more, -1. */
int bundle_stack_layer(int lower, size_t index, char ret_name[BUNDLE_STACK_NAME_MAX],
		       struct stat *ret, struct error *err);

/* Which layer does a link of an open lower/ name? "IDMAP/ALG/HEX", as in layers/IDMAP/ALG/HEX, in the
 * caller's buffer; false when what has that name is no link to a layer, with errno 0, or cannot be read, with
 * errno. The text decides alone, so that
 * a layer which is in the trash has its name too. Both forms count, "../../../layers/IDMAP/ALG/HEX/diff"
 * and "/STORE/layers/IDMAP/ALG/HEX/diff", and of the second one not what STORE is: a store that was moved,
 * or that is reached by another path, has links with its former path, and they hold its layers. */
#define BUNDLE_STACK_LAYER_MAX (IDMAP_NAME_MAX + DIGEST_TEXT_MAX) /* bytes, with NUL */
bool bundle_stack_layer_name(int lower, const char *name, char ret[BUNDLE_STACK_LAYER_MAX]);

/* Append the layers that a bundle links to, "IDMAP/ALG/HEX", top first: what of that can be read. */
void bundle_stack_list_layers(int bundlefd, struct strlist *ret);

/* The root filesystem of a bundle: upper and the layers, or in one that is no overlay bundle the
 * directory at path (relative to the bundle). The directories may be any user's of the identity. */
int bundle_stack_open(int bundlefd, const char *path, const struct identity *identity,
		      struct stack *ret, struct error *err);

/* The same of a directory that is a root filesystem without a bundle. */
int bundle_stack_open_plain(int dirfd, const char *path, const struct identity *identity,
			    struct stack *ret, struct error *err);

#endif

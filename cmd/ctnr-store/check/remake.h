/* SPDX-License-Identifier: Apache-2.0 */
/* Unpacking the layers of an image again: by ctnr-unpack, which makes those that are missing, for a bundle that
 * is removed at once. */
#ifndef CTNR_STORE_CHECK_REMAKE_H
#define CTNR_STORE_CHECK_REMAKE_H

#include "store/image.h"
#include "store/store.h"

/* ctnr-unpack itself says on stderr what is in its way. */
int remake_layers(const struct store *store, const struct image *image, struct error *err);

#endif

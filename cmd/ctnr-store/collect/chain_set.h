/* SPDX-License-Identifier: Apache-2.0 */
/* The layers of images, as the store knows them: the chain IDs (store/layer.h) of image configs. */
#ifndef CTNR_STORE_COLLECT_CHAIN_SET_H
#define CTNR_STORE_COLLECT_CHAIN_SET_H

#include "format/json.h"
#include "store/store.h"

/* configs is a set of the digests of image configs, the keys of an object. Returns the set of the chain IDs of
 * their layers, new. None are known of an image that was never unpacked. What is known of one may be unreadable: the
 * first such failure is *failure (code 0: none; NULL is allowed), and the set has the others. */
json_t *chain_set_of(const struct store *store, const json_t *configs, struct error *failure);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Derived files of a store that are of no use any more. */
#ifndef CTNR_STORE_COLLECT_CACHE_H
#define CTNR_STORE_COLLECT_CACHE_H

#include "base/error.h"
#include "oci/layout.h"
#include "store/store.h"

#include <stdbool.h>
#include <stdint.h>

struct cache_scope {
	const struct store *store;
	const struct layout *layout;
	int64_t cutoff; /* nanoseconds since 1970: chains that were written later stay */
	bool index_changed; /* index.json is another one, or will be: no cache/refs/ counts */
};

/* Call each, with the bytes of its blocks, for the path in the store of
 *  - what words meant in another index.json (store/refcache.h),
 *  - the chain IDs of a config that is not there (store/layer.h).
 * each returns < 0 to stop, and then so does this. */
int cache_each_stale(const struct cache_scope *scope,
		     int (*each)(const char *path, uint64_t bytes, void *data, struct error *err),
		     void *data, struct error *err);

#endif

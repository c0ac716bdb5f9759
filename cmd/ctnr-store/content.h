/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What images consist of: the set of digests of all blobs that can be reached from descriptors. A
 * document is followed by the members that it has, whatever its media type: a set of blobs to keep may
 * be too large, and must not be too small.
 */
#ifndef CTNR_STORE_CONTENT_H
#define CTNR_STORE_CONTENT_H

#include "base/error.h"
#include "oci/layout.h"
#include "store/store.h"

#include <stdbool.h>

struct content {
	json_t *digests; /* a set: the keys of an object */
	json_t *configs; /* those of them that are image configs */
	bool complete; /* every document could be read */
};

void content_init(struct content *content);
/* NULL is allowed. */
void content_release(struct content *content);
#define autocontent autocleanup(content_release)

/* Add what descriptor reaches, and what its org.ctnr.source reaches. What is not in the layout is
 * passed over: an index may have been fetched in part. */
void content_add(struct content *content, const struct layout *layout,
		 const struct descriptor *descriptor);

/* Add what must stay: all that index.json and the bundles of the store reach. */
int content_add_roots(struct content *content, const struct layout *layout,
		      const struct store *store, struct error *err);

bool content_has(const struct content *content, const char *digest);

#endif

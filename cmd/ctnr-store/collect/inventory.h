/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is in a layout and in a store, whether anything needs it or not: the blobs and the unpacked layers.
 * What killed commands leave is not of either kind (store/leftover.h).
 *
 * A directory is listed first, and what vanishes before it is looked at is left out.
 */
#ifndef CTNR_STORE_COLLECT_INVENTORY_H
#define CTNR_STORE_COLLECT_INVENTORY_H

#include "base/error.h"
#include "format/digest.h"
#include "oci/layout.h"
#include "store/store.h"

#include <stdbool.h>
#include <sys/stat.h>

struct inventory_blob {
	struct digest digest;
	bool is_aside; /* a collector has moved it (layout_aside_path()) */
	struct stat stat;
};

/* Call each for each blob of the layout, in no order. each returns < 0 to stop, and then so does this. */
int inventory_each_blob(const struct layout *layout,
			int (*each)(const struct inventory_blob *blob, void *data,
				    struct error *err),
			void *data, struct error *err);

struct inventory_layer {
	const char *path; /* in the store: "layers/IDMAP/ALG/HEX" */
	const char *idmap;
	struct digest chain_id;
	bool is_aside; /* it is there as path.aside */
	struct stat stat; /* of the layer's directory */
};

/* The same for each layer of the store that is whole, of all ID mappings. */
int inventory_each_layer(const struct store *store,
			 int (*each)(const struct inventory_layer *layer, void *data,
				     struct error *err),
			 void *data, struct error *err);

#endif

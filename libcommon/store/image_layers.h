/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All layers of an image, unpacked in the store for the identity's mapping of IDs:
 *
 *	autoimagelayers struct image_layers layers = IMAGE_LAYERS_INIT;
 *	const struct image_layers_request request = { &store, &image, &identity, true, PROGRESS_AUTO };
 *
 *	if (image_layers_have(&request, &layers, err) < 0) ...
 *	layers.chain_ids[0 .. layers.n - 1]
 *
 * When they are there, as on every use but the first, this is a look at each; else the layer worker
 * (layer_worker.h) unpacks what is missing. Nothing holds them then: a bundle's links do (bundle_stack.h), and
 * for an hour the time that this has given them.
 */
#ifndef STORE_IMAGE_LAYERS_H
#define STORE_IMAGE_LAYERS_H

#include "base/progress.h"
#include "format/digest.h"
#include "store/image.h"
#include "store/store.h"
#include "system/identity.h"

#include <stdbool.h>
#include <stddef.h>

struct image_layers {
	struct digest *chain_ids; /* base first */
	size_t n;
};

#define IMAGE_LAYERS_INIT \
	{ \
		NULL, 0 \
	}

void image_layers_release(struct image_layers *layers);
#define autoimagelayers autocleanup(image_layers_release)

/* Everything is borrowed. */
struct image_layers_request {
	const struct store *store;
	const struct image *image;
	const struct identity *identity;
	bool sync; /* are layers that are made to outlast a loss of power? */
	enum progress_mode progress;
};

/* Does the image lie in the store's own layout, whose blobs were verified when they came in? */
bool image_is_of_store(const struct image *image, const struct store *store);

/* Have all layers of the image in the store, and say which they are. ERROR_TEMPORARY: commands that remove images
 * took layers away again, each time. */
int image_layers_have(const struct image_layers_request *request, struct image_layers *ret,
		      struct error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The documents of the image that a container becomes: config and manifest, from those of the base.
 *
 *	autonewimage struct new_image image = NEW_IMAGE_INIT;
 *
 *	if (new_image_begin(&base, &request, &image, err) < 0) ...	// instructions are applied: mistakes show here
 *	new_image_add_layer(&image, &layer);
 *	if (new_image_put(&image, &layout, &descriptor, err) < 0) ...
 *
 * The config is the base's with what was asked for: architecture, os, and members that nobody here knows, stay.
 * "created" is the request's. There is one entry more in the history, of an empty layer where nothing was changed: no
 * layer is made for nothing. A base whose history tells of fewer layers than it has gets entries that say only
 * that, because other programs count them.
 *
 * The manifest is OCI's. The descriptors of the base's layers stand in it as in the base's manifest, Docker's types
 * as the OCI ones that mean the same: they are never mixed. So do the annotations, with what the image specification
 * has for images that share a base's layers: org.opencontainers.image.base.digest and, where the base has a name,
 * base.name.
 *
 * Squashed, an image has one layer, one entry in the history, and shares nothing with its base.
 */
#ifndef CTNR_PACK_NEW_IMAGE_H
#define CTNR_PACK_NEW_IMAGE_H

#include "base_image.h"
#include "new_layer.h"

#include "base/str.h"
#include "oci/image_history.h"

/* What is asked for. Borrowed. */
struct new_image_request {
	const struct strlist *changes; /* instructions (oci/config_change.h) */
	struct image_history_entry
		history; /* created is the image's too, author where it is not NULL */
	bool squash;
};

struct new_image {
	const struct base_image *base; /* borrowed */
	const struct new_image_request *request; /* borrowed */
	json_t *config;
	json_t *layers; /* descriptors */
};

#define NEW_IMAGE_INIT \
	{ \
		0 \
	}

void new_image_release(struct new_image *image);
#define autonewimage autocleanup(new_image_release)

/* Begin with the base and the instructions. ERROR_USAGE when one of these is wrong. */
int new_image_begin(const struct base_image *base, const struct new_image_request *request,
		    struct new_image *ret, struct error *err);

/* Add the layer, or that there is none, and the entry of the history. */
int new_image_add_layer(struct new_image *image, const struct new_layer *layer, struct error *err);

/* Write config and manifest into the layout, which leases them. ret (new) is the manifest's descriptor with the
 * platform. */
int new_image_put(const struct new_image *image, const struct layout *layout,
		  struct descriptor *ret, struct error *err);

#endif

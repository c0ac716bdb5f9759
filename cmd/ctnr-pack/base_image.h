/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The image that a bundle was made from: its documents, and its layers, which the new image has too.
 *
 *	autobaseimage struct base_image base = BASE_IMAGE_INIT;
 *
 *	if (base_image_open(&bundle, &base, err) < 0 ||
 *	    base_image_bring(&base, &layout, &interrupt, err) < 0) ...
 *
 * Layers are never written again: they stay the blobs that they are, compressed as somebody else has done it.
 */
#ifndef CTNR_PACK_BASE_IMAGE_H
#define CTNR_PACK_BASE_IMAGE_H

#include "oci/image_config.h"
#include "oci/layout.h"
#include "oci/manifest.h"
#include "store/bundle.h"
#include "system/interrupt.h"

struct base_image {
	const struct image *image; /* borrowed from the bundle */
	struct layout layout; /* where it lies; only read */
	struct manifest manifest;
	struct image_config config; /* has as many diff IDs as the manifest has layers */
};

#define BASE_IMAGE_INIT \
	{ \
		.layout = LAYOUT_INIT \
	}

void base_image_release(struct base_image *base);
#define autobaseimage autocleanup(base_image_release)

/* Open the image of a bundle, and read its documents. An error when the bundle does not know it, or it is gone or
 * damaged. */
int base_image_open(const struct bundle *bundle, struct base_image *ret, struct error *err);

/* Let the layers be in layout, which was opened by LAYOUT_CREATE: those that are there are leased, others are
 * copied, and verified on the way. Ends early when the interrupt asks for it. */
int base_image_bring(const struct base_image *base, const struct layout *layout,
		     const struct interrupt *interrupt, struct error *err);

#endif

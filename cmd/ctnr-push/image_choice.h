/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which documents of a layout an IMAGE means for a destination.
 *
 *	autoimagechoice struct image_choice choice = IMAGE_CHOICE_INIT;
 *
 *	if (image_choose(&image, &request, &choice, err) < 0) ...
 *	... choice.top is the manifest or index; choice.has_origin: choice.origin is what it was made of
 *
 *  - A name stands for a manifest, or for an index: that is copied, as it stands in the layout. With a platform
 *    the manifest for it is; with all platforms the index that the manifest was chosen from.
 *  - What the layout has may have been converted when it was fetched (annotation org.ctnr.source). Where the origin
 *    is still there, it is what is copied, so that the digest is the one that others know it by. It counts as the
 *    origin when converting it gives what the layout has: image_documents_are_origin() says so.
 */
#ifndef CTNR_PUSH_IMAGE_CHOICE_H
#define CTNR_PUSH_IMAGE_CHOICE_H

#include "store/image.h"

struct image_choice_request {
	const struct platform *platform; /* NULL: whatever the name stands for; borrowed */
	bool wants_all; /* platforms */
	bool wants_manifest; /* no index: of one the host's platform is taken, where none is stated */
};

struct image_choice {
	struct layout layout;
	struct descriptor top;
	struct descriptor origin;
	bool has_origin;
};

#define IMAGE_CHOICE_INIT \
	{ \
		.layout = LAYOUT_INIT, .top = DESCRIPTOR_INIT, .origin = DESCRIPTOR_INIT \
	}

void image_choice_release(struct image_choice *choice);
#define autoimagechoice autocleanup(image_choice_release)

/* Choose what of an image (image_resolve_raw()) is copied; ret is new. Whether all of it is there shows when it is
 * read. */
int image_choose(const struct image *image, const struct image_choice_request *request,
		 struct image_choice *ret, struct error *err);

#endif

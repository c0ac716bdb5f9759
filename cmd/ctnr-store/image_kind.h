/* SPDX-License-Identifier: Apache-2.0 */
/* What a name of a layout may stand for: all share their names, and each has verbs of its own. */
#ifndef CTNR_STORE_IMAGE_KIND_H
#define CTNR_STORE_IMAGE_KIND_H

#include "oci/layout.h"

enum image_kind {
	IMAGE_KIND_IMAGE,
	IMAGE_KIND_INDEX,
	IMAGE_KIND_ARTIFACT, /* a manifest whose config is none of an image */
	IMAGE_KIND_MAX,
};

/* "image", "index" or "artifact"; of IMAGE_KIND_MAX "image". */
const char *image_kind_name(enum image_kind kind);

/* Which kind a manifest is of. */
enum image_kind image_kind_of(const struct manifest *manifest);

/* Is what an entry describes of that kind (IMAGE_KIND_MAX: nothing is read)? ERROR_FAILED when it is another one. */
int image_kind_check(const struct layout *layout, const struct descriptor *entry,
		     enum image_kind kind, struct error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* One image, with everything that belongs to it, from a source into a layout. */
#ifndef CTNR_FETCH_COPY_H
#define CTNR_FETCH_COPY_H

#include "transfer.h"

enum copy_format {
	COPY_OCI, /* Docker schema 2 becomes OCI */
	COPY_KEEP, /* everything stays as it is */
	COPY_FORMAT_MAX,
};
extern const char *const copy_format_names[]; /* "oci", "keep", NULL */

struct copy_options {
	const struct platform *platform; /* NULL: all, the index stays whole */
	enum copy_format format;
};

/* Copy; ret describes the manifest, or the index with all platforms. What the source gave stays a
 * blob of the layout, and when ret is something else its digest is ret's annotation
 * ANNOTATION_SOURCE. connection is the calling thread's. ERROR_NOT_FOUND when the source has no
 * such image, or none for the platform. */
int copy_image(struct transfer *transfer, void *connection, const struct copy_options *options,
	       struct descriptor *ret, struct error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* One image, with everything that belongs to it, from a source into a layout. */
#ifndef CTNR_FETCH_WORKERS_COPY_COPY_H
#define CTNR_FETCH_WORKERS_COPY_COPY_H

#include "workers/copy/referrer_copy.h"

struct copy_options {
	const struct platform *platform; /* NULL: all, the index stays whole */
	enum request_format format;
	/* The entry that the image's name has in the layout already, or NULL: borrowed. When the source says
	 * that it would give the same document again, the document is not asked for. */
	const struct descriptor *named;
	/* With all platforms: what refers to a document of the image is copied too, and what refers to that,
	 * and comes into this list, which is empty before. NULL: it is not copied. */
	struct referrer_copy *referrers;
	const char *artifact_type; /* of referrers; NULL: any */
	/* Asked about what the source gave, before anything is stored, and also when it is there already,
	 * because the policy may be another one than that by which it came: < 0 refuses the image. NULL: all
	 * are welcome. */
	int (*admit)(void *data, const struct document *document, struct error *err);
	void *data; /* for admit */
};

/* Copy; ret describes the manifest, or the index with all platforms. What the source gave stays a
 * blob of the layout, and when ret is something else its digest is ret's annotation
 * ANNOTATION_SOURCE. connection is the calling thread's. ERROR_NOT_FOUND when the source has no
 * such image, or none for the platform. */
int copy_image(struct transfer *transfer, void *connection, const struct copy_options *options,
	       struct descriptor *ret, struct error *err);

#endif

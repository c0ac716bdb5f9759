/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An image index in the making (image-spec image-index.md): as it is, with every member known or not, and what a user
 * changes in it.
 *
 *	autoindexdocument struct index_document document = INDEX_DOCUMENT_INIT;
 *
 *	index_document_init(&document);
 *	if (index_document_add(&document, &entry, err) < 0 ||
 *	    index_document_put(&document, &layout, &descriptor, err) < 0) ...
 *
 *  - Docker's types and OCI's are not mixed: registries refuse that.
 *  - An image is there once for each platform.
 *  - What our own reader would refuse is not made.
 */
#ifndef CTNR_STORE_WORKERS_DOCUMENT_INDEX_DOCUMENT_H
#define CTNR_STORE_WORKERS_DOCUMENT_INDEX_DOCUMENT_H

#include "oci/layout.h"

struct index_document {
	char *media_type;
	json_t *json; /* the whole; "manifests" is an array */
	json_t *positions; /* in that, by digest and platform, and the first image by platform; NULL: not noted yet */
};

#define INDEX_DOCUMENT_INIT \
	{ \
		NULL, NULL, NULL \
	}

void index_document_release(struct index_document *document);
#define autoindexdocument autocleanup(index_document_release)

/* An index without entries. ret is new. */
void index_document_init(struct index_document *ret);

/* One that is a blob of the layout. ret is new. ERROR_NOT_FOUND when the blob is not there; ERROR_FAILED when the
 * descriptor is not that of an index. */
int index_document_read(const struct layout *layout, const struct descriptor *descriptor,
			struct index_document *ret, struct error *err);

/* Add an entry; where there is one of its digest and platform, that gets what the new one states. */
int index_document_add(struct index_document *document, const struct descriptor *entry,
		       struct error *err);

/* The only entry of that digest; ret is new, and *ret_position is where it stands. ERROR_NOT_FOUND;
 * ERROR_FAILED when there are several. */
int index_document_find(const struct index_document *document, const struct digest *digest,
			struct descriptor *ret, size_t *ret_position, struct error *err);

/* Let an entry stand there instead of the one that did. */
void index_document_replace(struct index_document *document, size_t position,
			    const struct descriptor *entry);

/* Remove all entries of that digest: how many there were. */
size_t index_document_remove(struct index_document *document, const struct digest *digest);

/* Store the document; ret (new) is its descriptor. */
int index_document_put(const struct index_document *document, const struct layout *layout,
		       struct descriptor *ret, struct error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The manifest of an artifact in the making (image-spec manifest.md, "Guidelines for Artifact Usage"): an OCI manifest
 * of that artifactType, whose config is the empty one and whose layers are files.
 *
 * What our own reader would refuse is not made.
 */
#ifndef CTNR_STORE_WORKERS_DOCUMENT_ARTIFACT_DOCUMENT_H
#define CTNR_STORE_WORKERS_DOCUMENT_ARTIFACT_DOCUMENT_H

#include "oci/document.h"
#include "oci/layout.h"

/* What an artifact is that nobody has said the type of. */
#define ARTIFACT_TYPE_UNKNOWN "application/vnd.unknown.artifact.v1"

struct artifact_document {
	json_t *json; /* the whole; "layers" is an array */
};

#define ARTIFACT_DOCUMENT_INIT \
	{ \
		NULL \
	}

void artifact_document_release(struct artifact_document *document);
#define autoartifactdocument autocleanup(artifact_document_release)

/* What is said of a new artifact. Everything is borrowed. */
struct artifact_facts {
	const char *type; /* a media type */
	const char *created; /* RFC 3339 */
	const struct descriptor *subject; /* what it refers to, or NULL */
};

/* One without files; the blob of its config is stored. ret is new. */
int artifact_document_init(const struct layout *layout, const struct artifact_facts *facts,
			   struct artifact_document *ret, struct error *err);

/* One that is a blob of the layout. ret is new. ERROR_FAILED when it is no artifact; ERROR_NOT_FOUND when the blob is
 * not there. */
int artifact_document_read(const struct layout *layout, const struct descriptor *descriptor,
			   struct artifact_document *ret, struct error *err);

/* Add a file. */
void artifact_document_add(struct artifact_document *document, const struct descriptor *file);

/* Store the document; ret (new) is its descriptor, with the artifact's type. ERROR_FAILED when two files have the same
 * title. ret_referrer (new, of media type NULL when it refers to nothing) is its entry as a referrer. */
int artifact_document_put(const struct artifact_document *document, const struct layout *layout,
			  struct descriptor *ret, struct descriptor *ret_referrer,
			  struct error *err);

#endif

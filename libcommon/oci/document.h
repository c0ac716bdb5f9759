/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A manifest or an index as it came from a registry or a layout: its bytes are what its digest is
 * about, so they are kept, and never written again from the parsed form.
 *
 *	autodocument struct document document = DOCUMENT_INIT;
 *
 *	if (registry_get_manifest(session, http, "3.20", &document, err) < 0 ||
 *	    document_parse_manifest(&document, &manifest, err) < 0) ...
 *
 * A filled document is verified: digest was computed from bytes, and is the one that was asked for
 * when one was.
 */
#ifndef OCI_DOCUMENT_H
#define OCI_DOCUMENT_H

#include "base/str.h"
#include "oci/descriptor.h"
#include "oci/manifest.h"

#define DOCUMENT_VALUES_MAX \
	250000 /* of JSON; 499 layers with ten annotations each have a twentieth */

struct document {
	char *media_type; /* what it was announced with, without parameters */
	struct digest digest; /* of bytes */
	struct str bytes; /* at most MANIFEST_MAX */
};

#define DOCUMENT_INIT \
	{ \
		.bytes = STR_INIT \
	}

void document_release(struct document *document);
#define autodocument autocleanup(document_release)

/* Parse it as what its media type says. ERROR_VERIFY when it is no manifest, or no index. */
int document_parse_manifest(const struct document *document, struct manifest *ret,
			    struct error *err);
int document_parse_index(const struct document *document, struct index *ret, struct error *err);

/* Are media type and size those of the descriptor that asked for it? ERROR_VERIFY when not. The digest
 * is not compared. */
int document_check(const struct document *document, const struct descriptor *want,
		   struct error *err);

/* Its descriptor: media type, digest and size. */
void document_describe(const struct document *document, struct descriptor *ret);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a registry keeps for one repository (distribution-spec, Docker registry API v2): manifests
 * and blobs.
 *
 *	autodocument struct document document = DOCUMENT_INIT;
 *
 *	if (registry_get_manifest(session, http, "3.20", &document, err) < 0) ...
 *
 * Nothing that a registry says is believed: a manifest has the digest that was asked for or
 * announced and at most MANIFEST_MAX bytes, a blob the size and digest of its writer. A blob that
 * broke off goes on where it did.
 */
#ifndef REGISTRY_REGISTRY_H
#define REGISTRY_REGISTRY_H

#include "base/progress.h"
#include "oci/blob.h"
#include "oci/document.h"
#include "oci/media_type.h"
#include "registry/session.h"

/* What is accepted as a manifest or index. */
#define REGISTRY_MANIFEST_TYPES \
	MEDIA_TYPE_INDEX ", " MEDIA_TYPE_MANIFEST ", " MEDIA_TYPE_DOCKER_LIST \
			 ", " MEDIA_TYPE_DOCKER_MANIFEST

/* Send a request of which status 200 is the only good answer. A status that says another thing is an error
 * with what the registry says about it: ERROR_NOT_FOUND for 404, ERROR_TEMPORARY for what may help later. ret
 * must be initialised, and has the answer then too. */
int registry_send(struct session *session, struct http *http, struct session_request *request,
		  struct http_response *ret, struct error *err);

/* The media type that an answer states, new: in lower case, without parameters; "" when it states none.
 * NULL with ERROR_VERIFY when it states several: the next program could read the other. */
char *registry_media_type(const struct http_response *response, struct error *err);

/* Get a manifest or index by tag or digest. ERROR_VERIFY when it is not what it should be,
 * ERROR_NOT_FOUND when the registry has none. */
int registry_get_manifest(struct session *session, struct http *http, const char *tag_or_digest,
			  struct document *ret, struct error *err);

/* Get a blob of at most max bytes into memory: ret is new. ERROR_VERIFY when it is not what blob says. */
int registry_get_bytes(struct session *session, struct http *http, const struct descriptor *blob,
		       size_t max, struct str *ret, struct error *err);

/* Get what a writer that was started does not have yet of its blob; the caller verifies it. A server that
 * sends all of it has the writer begin anew. Reports to the task of progress (may be NULL). */
int registry_get_blob(struct session *session, struct http *http, struct blob_writer *writer,
		      struct progress *progress, size_t task, struct error *err);

#endif

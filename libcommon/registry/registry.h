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
#include "registry/session.h"

/* Get a manifest or index by tag or digest. ERROR_VERIFY when it is not what it should be,
 * ERROR_NOT_FOUND when the registry has none. */
int registry_get_manifest(struct session *session, struct http *http, const char *tag_or_digest,
			  struct document *ret, struct error *err);

/* Get a blob into a writer that was started; the caller finishes it. Reports to the task of
 * progress (may be NULL). */
int registry_get_blob(struct session *session, struct http *http, struct blob_writer *writer,
		      struct progress *progress, size_t task, struct error *err);

#endif

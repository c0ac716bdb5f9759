/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Giving blobs and manifests to a repository of a registry (distribution-spec, "Push").
 *
 *	struct upload upload = { .blob = &descriptor, .layout = &layout, .mount_from = &repositories };
 *
 *	switch (upload_blob(session, http, &upload, progress, task, err)) {
 *	case UPLOAD_PRESENT: case UPLOAD_MOUNTED: case UPLOAD_SENT: ...
 *
 *  - A blob is asked for by HEAD, else mounted from another repository of the same registry, else sent: one
 *    POST and one PUT with all of it. Pieces (PATCH) are sent when the caller asks for them, or when the
 *    registry names the least size of one (OCI-Chunk-Min-Length). Whatever a mount is answered but 201 means
 *    that the blob is sent.
 *  - An upload that breaks off goes on where the registry says that it stands (Range of GET on the upload's
 *    URL); one that the registry has forgotten (404) begins anew. Pieces that a registry has lost, or counts
 *    otherwise than they were sent, make all of the blob go in one request. Each of this has an end.
 *  - What is given up, also by a signal, is cancelled: that takes BLOB_UPLOAD_CANCEL_TIME at most.
 *  - Where the registry says that an upload goes on (Location) is not understood, only used: on another
 *    origin without credentials, never from https to http.
 *  - What is sent is read from the layout each time, and its size is checked; that the registry has the right
 *    bytes is for the registry to say: it gets the digest.
 *  - A session must have been opened to push (SESSION_PUSH): its tokens are for that, and, where there is
 *    something to be mounted, for reading the other repositories.
 */
#ifndef REGISTRY_UPLOAD_H
#define REGISTRY_UPLOAD_H

#include "base/progress.h"
#include "oci/document.h"
#include "oci/layout.h"
#include "registry/session.h"

/* Everything is borrowed. */
struct upload {
	const struct descriptor *blob;
	const struct layout *layout; /* that has it */
	const struct strlist
		*mount_from; /* repositories of the same registry that may have it; or NULL */
	uint64_t chunk; /* bytes of a piece; 0: all at once, unless the registry wants pieces */
	bool sends_always; /* also what the registry says it has; nothing is mounted */
};

enum upload_result {
	UPLOAD_SENT,
	UPLOAD_PRESENT, /* it was there */
	UPLOAD_MOUNTED, /* another repository had it */
};

/* What upload_document() returns when the registry does not find a blob that the document refers to. */
#define UPLOAD_LACKS_BLOB (-2)

/* Returns an enum upload_result, or -1. Reports to the task of progress (may be NULL). */
int upload_blob(struct session *session, struct http *http, const struct upload *upload,
		struct progress *progress, size_t task, struct error *err);

/* Is the blob there, with that size? By HEAD: 1, 0, -1. */
int upload_has_blob(struct session *session, struct http *http, const struct descriptor *blob,
		    struct error *err);

/* Put a manifest or an index under a tag, or under its digest (tag NULL). All that it refers to must be there.
 * ERROR_VERIFY when the registry says that it has stored something else. ret_indexes_subject (may be NULL):
 * does the registry list referrers itself (OCI-Subject)? Returns 0, -1, or UPLOAD_LACKS_BLOB, which is a failure
 * too. */
int upload_document(struct session *session, struct http *http, const struct document *document,
		    const char *tag, bool *ret_indexes_subject, struct error *err);

#endif

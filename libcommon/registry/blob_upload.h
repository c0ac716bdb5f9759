/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An upload under way: where at a registry it goes on, how much of the blob is there, and the one request that
 * is made next (distribution-spec, "Pushing blobs"). Which request that is, and what is done when one fails, is
 * the caller's (registry/upload.h).
 *
 *	autoblobupload struct blob_upload u = { .session = session, .http = http, .blob = &blob, .fd = fd };
 *
 *	if (blob_upload_begin(&u, NULL, &response, err) < 0) ...
 *	result = blob_upload_finish(&u, &response, err);	// all of it, by one PUT
 *
 *  - The functions that send return 0 when an answer came, whatever its status, -1 when none did.
 *  - The URL by which an upload goes on is the registry's, and opaque. It may be on another server: then
 *    nobody is told who asks, nor when that one leads back.
 */
#ifndef REGISTRY_BLOB_UPLOAD_H
#define REGISTRY_BLOB_UPLOAD_H

#include "base/progress.h"
#include "oci/descriptor.h"
#include "registry/session.h"

struct blob_upload {
	struct session *session; /* borrowed, as all pointers but the location */
	struct http *http;
	const struct descriptor *blob;
	int fd; /* of the blob's bytes; borrowed */
	struct progress *progress; /* or NULL */
	size_t task;
	char *location; /* the URL by which it goes on; NULL: it has not begun */
	bool is_elsewhere; /* the location is, or was, another server's */
	uint64_t offset; /* bytes that the registry has */
	uint64_t
		least_chunk; /* bytes that a piece must have, but the last one; 0: it does not say */
};

void blob_upload_release(struct blob_upload *u);
#define autoblobupload autocleanup(blob_upload_release)

enum blob_upload_state {
	BLOB_UPLOAD_BEGUN,
	BLOB_UPLOAD_MOUNTED, /* nothing is left to be sent */
	BLOB_UPLOAD_REFUSED, /* the response says why; it has not begun */
};

/* POST: begin, tried again as the session does it; or mount the blob from that repository, asked once. An
 * enum blob_upload_state, or -1. ERROR_VERIFY when the upload would go on where no request may go. */
int blob_upload_begin(struct blob_upload *u, const char *mount_from, struct http_response *response,
		      struct error *err);

/* PATCH: the next len bytes. */
int blob_upload_send(struct blob_upload *u, uint64_t len, struct http_response *response,
		     struct error *err);

/* PUT: all of the blob when the registry has nothing of it, else nothing more; with its digest. */
int blob_upload_finish(struct blob_upload *u, struct http_response *response, struct error *err);

/* GET: how much is there? */
int blob_upload_ask(struct blob_upload *u, struct http_response *response, struct error *err);

/* Take over what a 2xx answer says about where the upload goes on (Location), which need not be in it. Fails
 * as blob_upload_begin(). */
int blob_upload_follow(struct blob_upload *u, const struct http_response *response,
		       struct error *err);

/* How many bytes an answer says that the registry has (Range). False when it does not say. */
bool blob_upload_range(const struct http_response *response, uint64_t *ret_bytes);

/* Forget it: it begins anew. */
void blob_upload_forget(struct blob_upload *u);

/* DELETE, where it has begun: the registry need not keep what nobody goes on with. Whatever signals came, the
 * registry is waited for so many seconds at most; that it fails means nothing. */
#define BLOB_UPLOAD_CANCEL_TIME 2
void blob_upload_cancel(struct blob_upload *u);

#endif

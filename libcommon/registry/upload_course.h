/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A blob on its way to a registry: the order of requests, and what is done when one of them fails.
 *
 *	autouploadcourse struct upload_course c = { .upload = &upload,
 *						    .u = { .session = session, ... },
 *						    .response = HTTP_RESPONSE_INIT };
 *
 *	if (upload_course_run(&c, err) < 0) ...
 *
 *	POST		begin, unless the upload has begun
 *	PATCH ...	pieces, where there are some
 *	PUT		all of it, or its end
 *
 * Each of these is made, or
 *  - it broke off, or the registry failed for a moment, or refused the range (416): after a while the registry is
 *    asked what it has (GET), and the upload goes on there;
 *  - what the registry has is of no use, or it has forgotten it (404): the upload begins anew, unless the blob is
 *    there after all (the answer to the last byte may have got lost);
 *  - it was refused: the upload is cancelled (DELETE).
 *
 * Failures have an end, the session's number of tries, which is counted anew when there was progress; what is
 * tried again without having failed for a moment has ends of its own.
 */
#ifndef REGISTRY_UPLOAD_COURSE_H
#define REGISTRY_UPLOAD_COURSE_H

#include "registry/blob_upload.h"
#include "registry/upload.h"

struct upload_course {
	const struct upload *upload; /* borrowed */
	struct blob_upload u;
	struct http_response response; /* the last one */
	/* What follows is zero in the beginning. */
	struct error failure; /* of the last step */
	bool is_whole; /* pieces got lost: all of it in one request */
	bool is_resumed; /* what the registry has came in more than one request */
	unsigned failures; /* since there was progress */
	unsigned restarts;
	unsigned questions;
	uint64_t reached; /* bytes that the registry had when there was progress */
};

void upload_course_release(struct upload_course *c);
#define autouploadcourse autocleanup(upload_course_release)

/* Send the blob. An upload that a mount has begun is gone on with. */
int upload_course_run(struct upload_course *c, struct error *err);

#endif

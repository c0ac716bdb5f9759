/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A list that a registry gives in pages: each answer says in a Link header where the next one is
 * (distribution-spec, "Listing Tags", "Listing Referrers").
 *
 *	const struct listing listing = { .path = "tags/list", .take = take_tags, .data = &tags };
 *
 *	if (listing_get(session, http, &listing, &response, err) < 0) ...
 *
 * A next page is asked for, with the credentials of the session, where the page before was alone: at the same
 * scheme, host and port. Each page is asked for once. All pages together have a limit.
 */
#ifndef REGISTRY_LISTING_H
#define REGISTRY_LISTING_H

#include "registry/session.h"

#define LISTING_PAGES_MAX 2000
#define LISTING_BYTES_MAX (32U << 20) /* of all pages together */

/* Everything is borrowed. */
struct listing {
	const char *path; /* of the first page, below the repository */
	const char *accept; /* or NULL */
	/* Take a page, an answer of status 200. < 0 ends the list. */
	int (*take)(void *data, const struct http_response *page, struct error *err);
	void *data;
};

/* Get all pages. Fails as session_send() and take() do; ERROR_VERIFY when a Link leads elsewhere, or to a
 * page that was there already, or when a limit is exceeded; and as registry_send() does for a status that
 * is not 200: ret, which must be initialised, is then the answer that had it. */
int listing_get(struct session *session, struct http *http, const struct listing *listing,
		struct http_response *ret, struct error *err);

#endif

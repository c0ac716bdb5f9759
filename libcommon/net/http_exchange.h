/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One request to one URL, and its answer: redirects are new exchanges.
 *
 *	struct http_exchange x = { http, &url, request, &response, &patience };
 *
 *	if (http_exchange_send(&x, authorization, err) < 0) ...
 */
#ifndef NET_HTTP_EXCHANGE_H
#define NET_HTTP_EXCHANGE_H

#include "net/http_client.h"
#include "net/patience.h"

/* All pointers are borrowed. */
struct http_exchange {
	struct http *http;
	const struct url *url;
	const struct http_request *request;
	struct http_response *response;
	struct patience *patience; /* of all exchanges of this request */
	/* What follows is zero in the beginning. */
	size_t header_bytes;
	uint64_t sent; /* bytes of the request's body that libcurl has */
	uint64_t received;
	bool begun;
	bool enough; /* ended by us: the rest of an error's body is of no interest */
	struct error failure; /* why a callback ended it */
};

/* Send the request to the URL, with that Authorization or none (NULL), and receive the answer, as
 * http_send() does but for redirects, which are answers here. */
int http_exchange_send(struct http_exchange *x, const char *authorization, struct error *err);

#endif

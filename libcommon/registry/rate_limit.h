/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How many requests a registry still allows, as the headers of an answer say:
 *
 *	ratelimit-limit: 100;w=21600		Docker Hub: 100 in six hours
 *	ratelimit-remaining: 0;w=21600
 *	x-ratelimit-limit: 60			others
 *
 *	struct rate_limit limit;
 *
 *	if (rate_limit_read(&response, &limit))
 *		text = rate_limit_describe(&limit);
 *	... "0 of 100 requests in 6 hours are left"
 */
#ifndef REGISTRY_RATE_LIMIT_H
#define REGISTRY_RATE_LIMIT_H

#include "net/http.h"

struct rate_limit {
	uint64_t limit;
	uint64_t left;
	uint64_t window; /* seconds; 0: the registry does not say */
};

/* Read a header's value, COUNT[;w=SECONDS] with other parameters passed over. False when it is none. */
bool rate_limit_parse(const char *value, uint64_t *ret_count, uint64_t *ret_window);

/* False when the answer does not say both the limit and what is left. */
bool rate_limit_read(const struct http_response *response, struct rate_limit *ret);

/* For people, new. */
char *rate_limit_describe(const struct rate_limit *limit);

#endif

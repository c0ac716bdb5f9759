/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/rate_limit.h"

#include "base/alloc.h"
#include "base/number.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

#define COUNT_MAX UINT32_MAX

/* The number that text begins with, and what is behind it; NULL: it begins with none. */
static const char *read_count(const char *text, uint64_t *ret)
{
	size_t len = strspn(text, "0123456789");
	autofree char *digits = xstrndup(text, len);

	return len && number_parse(digits, COUNT_MAX, ret, NULL) == 0 ? text + len : NULL;
}

bool rate_limit_parse(const char *value, uint64_t *ret_count, uint64_t *ret_window)
{
	uint64_t count;
	uint64_t window = 0;
	const char *p = read_count(value, &count);

	if (!p || !strchr("; \t", *p))
		return false;
	while ((p = strchr(p, ';'))) {
		p += 1 + strspn(p + 1, " \t");
		if (strncasecmp(p, "w=", 2) == 0 && !read_count(p + 2, &window))
			return false;
	}
	*ret_count = count;
	*ret_window = window;
	return true;
}

/* One of the headers, with or without the x- of old. */
static bool read_header(const struct http_response *response, const char *name, uint64_t *ret_count,
			uint64_t *ret_window)
{
	const char *value = http_header(response, name + 2, 0);

	if (!value)
		value = http_header(response, name, 0);
	return value && rate_limit_parse(value, ret_count, ret_window);
}

bool rate_limit_read(const struct http_response *response, struct rate_limit *ret)
{
	struct rate_limit limit = { 0 };
	uint64_t same_window;

	if (!read_header(response, "x-ratelimit-limit", &limit.limit, &limit.window) ||
	    !read_header(response, "x-ratelimit-remaining", &limit.left, &same_window))
		return false;
	*ret = limit;
	return true;
}

static char *describe_window(uint64_t seconds)
{
	static const struct {
		uint64_t seconds;
		const char *name;
	} units[] = { { 3600, "hour" }, { 60, "minute" }, { 1, "second" } };
	size_t i = 0;
	uint64_t n;

	while (seconds % units[i].seconds != 0)
		i++;
	n = seconds / units[i].seconds;
	return xasprintf("%" PRIu64 " %s%s", n, units[i].name, n == 1 ? "" : "s");
}

char *rate_limit_describe(const struct rate_limit *limit)
{
	autofree char *window = limit->window ? describe_window(limit->window) : NULL;

	return xasprintf("%" PRIu64 " of %" PRIu64 " requests%s%s are left", limit->left,
			 limit->limit, window ? " in " : "", window ? window : "");
}

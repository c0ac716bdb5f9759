/* SPDX-License-Identifier: Apache-2.0 */
#include "tap.h"

#include "registry/rate_limit.h"

static const struct value_row {
	const char *value;
	bool wanted;
	uint64_t count;
	uint64_t window;
} values[] = {
	{ "100;w=21600", true, 100, 21600 },
	{ "0;w=21600", true, 0, 21600 },
	{ "60", true, 60, 0 },
	{ "100; x=1; W=60", true, 100, 60 },
	{ "100 ;w=60", true, 100, 60 },
	{ "", false, 0, 0 },
	{ "many", false, 0, 0 },
	{ "-1", false, 0, 0 },
	{ "1x", false, 0, 0 },
	{ "100;w=", false, 0, 0 },
	{ "99999999999999999999", false, 0, 0 },
};

static void test_values(void)
{
	for (size_t i = 0; i < array_size(values); i++) {
		const struct value_row *row = &values[i];
		uint64_t count = 0;
		uint64_t window = 0;

		ok(rate_limit_parse(row->value, &count, &window) == row->wanted &&
			   count == row->count && window == row->window,
		   row->value[0] ? row->value : "nothing");
	}
}

static void says(const char *first, const char *second, const char *wanted)
{
	autoresponse struct http_response response = HTTP_RESPONSE_INIT;
	autofree char *text = NULL;
	struct rate_limit limit;

	strlist_append(&response.headers, first);
	strlist_append(&response.headers, second);
	if (rate_limit_read(&response, &limit))
		text = rate_limit_describe(&limit);
	is_str(text, wanted, first);
}

int main(void)
{
	test_values();
	says("ratelimit-limit: 100;w=21600", "ratelimit-remaining: 0;w=21600",
	     "0 of 100 requests in 6 hours are left");
	says("ratelimit-limit: 100;w=3600", "ratelimit-remaining: 1",
	     "1 of 100 requests in 1 hour are left");
	says("ratelimit-limit: 10;w=90", "ratelimit-remaining: 3",
	     "3 of 10 requests in 90 seconds are left");
	says("x-ratelimit-limit: 60", "x-ratelimit-remaining: 59", "59 of 60 requests are left");
	says("ratelimit-limit: 60", "server: x", NULL);
	says("ratelimit-limit: 60", "ratelimit-remaining: \033[31m", NULL);
	return done_testing();
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "tap.h"

#include "base/cleanup.h"
#include "registry/retry.h"

static void test_status(void)
{
	static const long temporary[] = { 408, 429, 500, 502, 503, 504 };
	static const long final[] = { 200, 206, 301, 400, 401, 403, 404, 501 };
	char title[80];

	for (size_t i = 0; i < array_size(temporary); i++) {
		snprintf(title, sizeof(title), "status %ld may pass", temporary[i]);
		ok(retry_is_temporary(temporary[i]), title);
	}
	for (size_t i = 0; i < array_size(final); i++) {
		snprintf(title, sizeof(title), "status %ld is final", final[i]);
		ok(!retry_is_temporary(final[i]), title);
	}
}

int main(void)
{
	static const struct {
		unsigned attempt;
		const char *retry_after;
		int wanted;
		const char *title;
	} rows[] = {
		{ 0, NULL, 200, "the first wait is short" },
		{ 1, NULL, 800, "the next is four times as long" },
		{ 2, NULL, 3200, "and so on" },
		{ 4, NULL, 15000, "up to a limit" },
		{ UINT32_MAX, NULL, 15000, "however often" },
		{ 0, "2", 2000, "a server may say how long" },
		{ 4, "0", 0, "also not at all" },
		{ 0, "14", 14000, "below the limit" },
		{ 0, "15", 15000, "at the limit" },
		{ 0, "4294967295", 15000, "but not beyond the limit" },
		{ 1, "99999999999999999999", 800, "a number that is none is passed over" },
		{ 1, "-1", 800, "a negative one too" },
		{ 1, "Wed, 21 Oct 2026 07:28:00 GMT", 800, "and a date" },
	};

	test_status();
	for (size_t i = 0; i < array_size(rows); i++)
		is_int(retry_delay(rows[i].attempt, rows[i].retry_after), rows[i].wanted,
		       rows[i].title);
	return done_testing();
}

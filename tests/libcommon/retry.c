/* SPDX-License-Identifier: Apache-2.0 */
#include "tap.h"

#include "base/cleanup.h"
#include "registry/retry.h"

#define NOW INT64_C(1792567670) /* Wed, 21 Oct 2026 07:27:50 GMT */

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

/* The delay is never shorter than the first number, nor longer than the second, whatever chance does. */
static const struct delay_row {
	unsigned attempt;
	const char *retry_after;
	const char *date;
	int least;
	int most;
	const char *title;
} rows[] = {
	{ 0, NULL, NULL, 100, 200, "the first wait is short" },
	{ 1, NULL, NULL, 400, 800, "the next is four times as long" },
	{ 2, NULL, NULL, 1600, 3200, "and so on" },
	{ 4, NULL, NULL, 7500, 15000, "up to a limit" },
	{ UINT32_MAX, NULL, NULL, 7500, 15000, "however often" },
	{ 0, "2", NULL, 2000, 2500, "a server may say how long" },
	{ 4, "0", NULL, 0, 0, "also not at all" },
	{ 0, "14", NULL, 14000, 15000, "below the limit" },
	{ 0, "15", NULL, 15000, 15000, "at the limit" },
	{ 0, "4294967295", NULL, 15000, 15000, "but not beyond the limit" },
	{ 1, "99999999999999999999", NULL, 400, 800, "a number that is none is passed over" },
	{ 1, "-1", NULL, 400, 800, "a negative one too" },
	{ 1, "", NULL, 400, 800, "and nothing" },
	{ 1, "soon", NULL, 400, 800, "and what is no date" },
	{ 1, "Wed, 21 Oct 2026 07:28:00 GMT", NULL, 10000, 12500, "a date counts from now" },
	{ 1, "Wednesday, 21-Oct-26 07:28:00 GMT", NULL, 10000, 12500, "in the form of RFC 850" },
	{ 1, "Wed Oct 21 07:28:00 2026", NULL, 10000, 12500, "and in that of asctime()" },
	{ 1, "Wed, 21 Oct 2026 07:28:00 GMT", "Wed, 21 Oct 2026 07:27:58 GMT", 2000, 2500,
	  "or from the server's own clock" },
	{ 1, "Wed, 21 Oct 2026 07:28:00 GMT", "rubbish", 10000, 12500, "if that is a date" },
	{ 1, "Wed, 21 Oct 2026 07:27:00 GMT", NULL, 0, 0, "one that is past is now" },
	{ 1, "Fri, 31 Dec 9999 23:59:59 GMT", NULL, 15000, 15000, "one that is far is the limit" },
};

static void test_delay(void)
{
	for (size_t i = 0; i < array_size(rows); i++) {
		const struct delay_row *row = &rows[i];
		const struct retry_advice advice = { row->retry_after, row->date, NOW };
		int first = retry_delay(row->attempt, &advice, 0);
		int last = retry_delay(row->attempt, &advice, UINT32_MAX);
		int middle = retry_delay(row->attempt, &advice, UINT32_MAX / 2);

		ok(first >= row->least && first <= row->most && last >= row->least &&
			   last <= row->most && middle >= row->least && middle <= row->most,
		   row->title);
		ok(row->least == row->most || first == row->least || first == row->most,
		   "... from one end");
		/* Chance never reaches the other end quite. */
		ok(row->most - row->least <= 1 || abs(last - first) >= row->most - row->least - 1,
		   "... to the other");
	}
}

int main(void)
{
	test_status();
	test_delay();
	return done_testing();
}

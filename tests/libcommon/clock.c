/* SPDX-License-Identifier: Apache-2.0 */
#include "tap.h"

#include "base/clock.h"

#include <time.h>

static const struct {
	int64_t seconds;
	const char *text;
} moments[] = {
	{ 0, "1970-01-01T00:00:00Z" },
	{ -1, "1969-12-31T23:59:59Z" },
	{ 951782400, "2000-02-29T00:00:00Z" },
	{ INT64_C(-62135596800), "0001-01-01T00:00:00Z" },
	{ INT64_C(-62167219200), "0000-01-01T00:00:00Z" },
	{ INT64_C(-62167219201), "" },
	{ 1764108950, "2025-11-25T22:15:50Z" },
	{ INT64_C(4294967296), "2106-02-07T06:28:16Z" },
	{ INT64_C(253402300799), "9999-12-31T23:59:59Z" },
	{ INT64_C(253402300800), "" }, /* RFC 3339 has years of four digits */
	{ INT64_MAX, "" },
	{ INT64_MIN, "" },
};

static const struct {
	const char *text;
	bool is_moment;
	int64_t seconds;
} texts[] = {
	{ "1970-01-01T00:00:00Z", true, 0 },
	{ "2025-11-25T22:15:50Z", true, 1764108950 },
	{ "2025-11-25T22:15:50.123456789Z", true, 1764108950 },
	{ "2025-11-26T00:15:50+02:00", true, 1764108950 },
	{ "2025-11-25T18:45:50.5-03:30", true, 1764108950 },
	{ "0001-01-01T00:00:00Z", true, INT64_C(-62135596800) },
	{ "2000-02-29T00:00:00Z", true, 951782400 },
	{ "2001-02-29T00:00:00Z", false, 0 },
	{ "2025-11-25T22:15:50", false, 0 },
	{ "2025-11-25T22:15:50.Z", false, 0 },
	{ "2025-11-25 22:15:50Z", false, 0 },
	{ "2025-11-25T22:15:50+0200", false, 0 },
	{ "2025-11-25T22:15:50Zx", false, 0 },
	{ "2025-11-25T2:15:50Z", false, 0 },
	{ "", false, 0 },
	{ "yesterday", false, 0 },
};

/* An independent calendar: the C library's. Its steps pass every day of the year, hour and minute. */
static void the_library_agrees(void)
{
	const int64_t step = 86400 * 13 + 3661;
	int64_t differences = 0;

	for (int64_t seconds = INT64_C(-62167219200); seconds <= INT64_C(253402300799);
	     seconds += step) {
		time_t when = (time_t)seconds;
		char expected[CLOCK_TEXT_MAX * 2];
		char text[CLOCK_TEXT_MAX];
		int64_t again = 0;
		struct tm t;

		gmtime_r(&when, &t);
		snprintf(expected, sizeof(expected), "%04d-%02d-%02dT%02d:%02d:%02dZ",
			 t.tm_year + 1900, t.tm_mon + 1, t.tm_mday, t.tm_hour, t.tm_min, t.tm_sec);
		differences += strcmp(clock_rfc3339(seconds, text), expected) != 0 ||
			       !clock_parse_rfc3339(text, &again) || again != seconds;
	}
	ok(differences == 0, "ten thousand years are the C library's, there and back");
}

static void texts_are_read(void)
{
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		int64_t seconds = 0;
		bool is_moment = clock_parse_rfc3339(texts[i].text, &seconds);

		ok(is_moment == texts[i].is_moment && seconds == texts[i].seconds, texts[i].text);
	}
}

int main(void)
{
	char text[CLOCK_TEXT_MAX];
	int64_t first = clock_monotonic_ms();
	const struct timespec moment = { .tv_nsec = 20000000 };
	int64_t wall = clock_wall_ns();
	int64_t passed;

	/* UTC, whatever the machine's zone is. */
	setenv("TZ", "America/New_York", 1);
	tzset();
	for (size_t i = 0; i < sizeof(moments) / sizeof(moments[0]); i++)
		is_str(clock_rfc3339(moments[i].seconds, text), moments[i].text,
		       "a moment is written as RFC 3339 has it, or not at all");
	texts_are_read();
	the_library_agrees();
	ok(clock_ns(-2, 5) == -1999999995 &&
		   clock_ns(1764108950, 7) == INT64_C(1764108950000000007),
	   "seconds and nanoseconds are nanoseconds");
	ok(clock_ns(INT64_MAX, 999999999) > INT64_MAX / 2 - 2 * CLOCK_NS &&
		   clock_ns(INT64_MIN, 0) < INT64_MIN / 2 + 2 * CLOCK_NS &&
		   clock_ns(INT64_C(253402300799), 0) > 0 && clock_ns(INT64_C(-62167219200), 0) < 0,
	   "... and those of a moment that is too far are as far as can be");
	nanosleep(&moment, NULL);
	passed = clock_monotonic_ms() - first;
	ok(passed >= 19 && passed < 60000, "20 ms are about 20 ms");
	ok(clock_wall_ns() - wall >= 19000000, "... on the other clock too");
	ok(wall / CLOCK_NS - time(NULL) <= 1 && time(NULL) - wall / CLOCK_NS <= 60,
	   "the wall clock counts from 1970");
	return done_testing();
}

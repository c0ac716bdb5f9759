/* SPDX-License-Identifier: Apache-2.0 */
#include "tap.h"

#include "base/number.h"

static void refused(const char *text, uint64_t max)
{
	struct error err = { 0 };
	uint64_t value = 42;
	char title[128];

	snprintf(title, sizeof(title), "'%s' is no number up to %" PRIu64, text, max);
	ok(number_parse(text, max, &value, &err) < 0 && err.code == ERROR_USAGE && value == 42,
	   title);
}

static void size(const char *text, uint64_t wanted)
{
	struct error err = { 0 };
	uint64_t value = 0;
	char title[128];

	snprintf(title, sizeof(title), "'%s' is %" PRIu64 " bytes", text, wanted);
	ok(number_parse_size(text, UINT64_MAX, &value, &err) == 0 && value == wanted, title);
}

static void duration(const char *text, uint64_t wanted)
{
	char title[128];
	uint64_t value = 0;
	struct error err = { 0 };

	snprintf(title, sizeof(title), "'%s' is %" PRIu64 " seconds", text, wanted);
	ok(number_parse_duration(text, &value, &err) == 0 && value == wanted, title);
}

static void no_duration(const char *text)
{
	char title[128];
	uint64_t value = 0;
	struct error err = { 0 };

	snprintf(title, sizeof(title), "'%s' is no duration", text);
	ok(number_parse_duration(text, &value, &err) < 0 && err.code == ERROR_USAGE, title);
}

static void test_durations(void)
{
	duration("0", 0);
	duration("0s", 0);
	duration("90s", 90);
	duration("15m", 900);
	duration("1h30m", 5400);
	duration("7d", 7 * 86400);
	duration("2w1d", 15 * 86400);
	duration("1000d", UINT64_C(86400000));
	no_duration("");
	no_duration("5");
	no_duration("5x");
	no_duration("h");
	no_duration("30m1h");
	no_duration("1h1h");
	no_duration("1h5");
	no_duration("-1h");
	no_duration("1h ");
	no_duration("99999999999w");
	no_duration("18446744073709551615s");
}

int main(void)
{
	struct error err = { 0 };
	uint64_t value = 0;

	ok(number_parse("0", 10, &value, &err) == 0 && value == 0, "0 is a number");
	ok(number_parse("10", 10, &value, &err) == 0 && value == 10, "the limit itself is taken");
	ok(number_parse("18446744073709551615", UINT64_MAX, &value, &err) == 0 &&
		   value == UINT64_MAX,
	   "the greatest number of all is taken");
	refused("11", 10);
	refused("18446744073709551616", UINT64_MAX);
	refused("99999999999999999999999", UINT64_MAX);
	refused("", 10);
	refused("-1", 10);
	refused("+1", 10);
	refused(" 1", 10);
	refused("1 ", 10);
	refused("0x1", 10);
	refused("1a", 10);
	ok(number_parse_octal("0755", 07777, &value, &err) == 0 && value == 0755,
	   "an octal mode is read");
	ok(number_parse_octal("8", 07777, &value, &err) < 0, "8 is not octal");
	size("0", 0);
	size("1024", 1024);
	size("5b", 5);
	size("1k", 1024);
	size("2M", 2 << 20);
	size("3g", UINT64_C(3) << 30);
	size("1T", UINT64_C(1) << 40);
	size("10GB", UINT64_C(10) << 30);
	size("512MiB", UINT64_C(512) << 20);
	ok(number_parse_size("5bb", UINT64_MAX, &value, &err) < 0, "a suffix behind b is refused");
	ok(number_parse_size("5mi", UINT64_MAX, &value, &err) < 0, "half a suffix is refused");
	ok(number_parse_size("1kk", UINT64_MAX, &value, &err) < 0, "two suffixes are refused");
	ok(number_parse_size("k", UINT64_MAX, &value, &err) < 0, "a suffix alone is refused");
	ok(number_parse_size("99999999999t", UINT64_MAX, &value, &err) < 0,
	   "a size that does not fit is refused");
	test_durations();
	return done_testing();
}

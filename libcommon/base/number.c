/* SPDX-License-Identifier: Apache-2.0 */
#include "base/number.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

/* Returns a pointer behind the digits, or NULL when there are none or the value passes max. */
static const char *read_digits(const char *text, unsigned base, uint64_t max, uint64_t *ret_value)
{
	uint64_t value = 0;
	const char *p = text;

	for (; *p >= '0' && *p < (char)('0' + base); p++) {
		uint64_t digit = (uint64_t)(*p - '0');

		if (value > (max - digit) / base || digit > max)
			return NULL;
		value = value * base + digit;
	}
	if (p == text)
		return NULL;
	*ret_value = value;
	return p;
}

int number_parse(const char *text, uint64_t max, uint64_t *ret_value, struct error *err)
{
	uint64_t value;
	const char *end = read_digits(text, 10, max, &value);

	if ((!end || *end) && max >= INT64_MAX)
		return error_set(err, ERROR_USAGE, "expected a number, got '%s'", text);
	if (!end || *end)
		return error_set(err, ERROR_USAGE,
				 "expected a number from 0 to %" PRIu64 ", got '%s'", max, text);
	*ret_value = value;
	return 0;
}

int number_parse_octal(const char *text, uint64_t max, uint64_t *ret_value, struct error *err)
{
	uint64_t value;
	const char *end = read_digits(text, 8, max, &value);

	if (!end || *end)
		return error_set(err, ERROR_USAGE,
				 "expected an octal number from 0 to %" PRIo64 ", got '%s'", max,
				 text);
	*ret_value = value;
	return 0;
}

/* What may stand behind the letter of a size: "b" or "ib". */
static bool is_rest_of_unit(const char *text)
{
	return strcasecmp(text, "b") == 0 || strcasecmp(text, "ib") == 0;
}

int number_parse_size(const char *text, uint64_t max, uint64_t *ret_bytes, struct error *err)
{
	static const char suffixes[] = "bkmgt";
	uint64_t value;
	const char *end = read_digits(text, 10, max, &value);
	unsigned shift = 0;

	if (end && *end) {
		char lower = (char)(*end | 0x20);
		const char *found = strchr(suffixes, lower);

		if (!found || (end[1] && (lower == 'b' || !is_rest_of_unit(end + 1))))
			end = NULL;
		else
			shift = 10 * (unsigned)(found - suffixes);
	}
	if (!end || value > max >> shift)
		return error_set(err, ERROR_USAGE,
				 "expected a size like 512, 64k, 10m or 2g, at most %" PRIu64
				 " bytes, got '%s'",
				 max, text);
	*ret_bytes = value << shift;
	return 0;
}

static int duration_error(const char *text, struct error *err)
{
	return error_set(err, ERROR_USAGE,
			 "expected a duration like 90s, 15m, 1h30m, 7d or 2w, got '%s'", text);
}

int number_parse_duration(const char *text, uint64_t *ret_seconds, struct error *err)
{
	static const struct {
		char letter;
		uint64_t seconds;
	} units[] = { { 'w', 604800 }, { 'd', 86400 }, { 'h', 3600 }, { 'm', 60 }, { 's', 1 } };
	const size_t n_units = sizeof(units) / sizeof(units[0]);
	const char *p = text;
	uint64_t total = 0;

	for (size_t unit = 0; strcmp(text, "0") != 0; unit++) {
		uint64_t value;

		p = read_digits(p, 10, NUMBER_DURATION_MAX, &value);
		while (p && unit < n_units && units[unit].letter != *p)
			unit++;
		if (!p || unit == n_units)
			return duration_error(text, err);
		total += value * units[unit].seconds;
		if (total > NUMBER_DURATION_MAX)
			return duration_error(text, err);
		if (!*++p)
			break;
	}
	*ret_seconds = total;
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define YEAR_MAX 9999
#define FIRST_YEAR 1900 /* of struct tm */

int64_t clock_monotonic_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000) + t.tv_nsec / 1000000;
}

int64_t clock_wall_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return t.tv_sec * CLOCK_NS + t.tv_nsec;
}

const char *clock_rfc3339(int64_t seconds, char text[CLOCK_TEXT_MAX])
{
	time_t when = (time_t)seconds;
	struct tm parts;

	text[0] = '\0';
	if (gmtime_r(&when, &parts) && parts.tm_year >= -FIRST_YEAR &&
	    parts.tm_year <= YEAR_MAX - FIRST_YEAR)
		snprintf(text, CLOCK_TEXT_MAX, "%04d-%02d-%02dT%02d:%02d:%02dZ",
			 parts.tm_year + FIRST_YEAR, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour,
			 parts.tm_min, parts.tm_sec);
	return text;
}

/* "Z", "+HH:MM" or "-HH:MM" to the end of the text. */
static bool parse_offset(const char *text, int64_t *ret_seconds)
{
	static const char digits[] = "dd:dd";
	int64_t minutes;

	*ret_seconds = 0;
	if (strcmp(text, "Z") == 0 || strcmp(text, "z") == 0)
		return true;
	if ((*text != '+' && *text != '-') || strlen(text + 1) != strlen(digits))
		return false;
	for (size_t i = 0; digits[i]; i++)
		if (digits[i] == 'd' ? !isdigit((unsigned char)text[1 + i]) : text[1 + i] != ':')
			return false;
	minutes =
		((text[1] - '0') * 10 + text[2] - '0') * 60 + (text[4] - '0') * 10 + text[5] - '0';
	*ret_seconds = (*text == '-' ? -60 : 60) * minutes;
	return true;
}

bool clock_parse_rfc3339(const char *text, int64_t *ret_seconds)
{
	struct tm parts = { 0 };
	const char *end = strptime(text, "%Y-%m-%dT%H:%M:%S", &parts);
	char again[CLOCK_TEXT_MAX];
	int64_t offset;
	int64_t seconds;

	if (!end)
		return false;
	/* strptime(3) takes blanks, short numbers and the 31st of any month: what it understood is
	 * written again and compared. */
	seconds = timegm(&parts);
	if ((size_t)(end - text) != strlen("2025-11-25T22:15:50") ||
	    strncmp(clock_rfc3339(seconds, again), text, (size_t)(end - text)) != 0)
		return false;
	if (*end == '.') {
		size_t digits = strspn(end + 1, "0123456789");

		if (!digits)
			return false;
		end += 1 + digits;
	}
	if (!parse_offset(end, &offset))
		return false;
	*ret_seconds = seconds - offset;
	return true;
}

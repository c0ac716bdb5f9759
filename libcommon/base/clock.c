/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define DAY_SEC INT64_C(86400)
#define DAYS_IN_400_YEARS 146097
#define DAYS_TO_1970 865565 /* from March of the year -400: no number below is negative */
#define FIRST_SECOND INT64_C(-62167219200) /* 0000-01-01T00:00:00Z */
#define LAST_SECOND INT64_C(253402300799) /* 9999-12-31T23:59:59Z */
#define FIRST_YEAR 1900 /* of struct tm */

int64_t clock_monotonic_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000) + t.tv_nsec / 1000000;
}

int64_t clock_ns(int64_t seconds, int64_t nanoseconds)
{
	const int64_t last = INT64_MAX / 2 / CLOCK_NS;

	if (seconds >= last)
		return last * CLOCK_NS;
	return seconds <= -last ? -last * CLOCK_NS : seconds * CLOCK_NS + nanoseconds;
}

int64_t clock_wall_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return t.tv_sec * CLOCK_NS + t.tv_nsec;
}

/*
 * The calendar, proleptic Gregorian. gmtime_r(3) and timegm(3) would do, but the first call of either
 * reads the machine's time zone, which UTC does not need, and that costs a start more than all other
 * work on a time.
 */
struct date {
	int64_t year;
	int64_t month; /* 1 to 12 */
	int64_t day; /* 1 to 31 */
};

/* The days from 1970-01-01 to a date. Years are counted from March on here, so that the 29th of February
 * is the last day of one; five months from March or August on have 153 days. */
static int64_t count_days(const struct date *date)
{
	int64_t year = (date->month > 2 ? date->year : date->year - 1) + 400;
	int64_t month = (date->month + 9) % 12;

	return year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + date->day -
	       1 - DAYS_TO_1970;
}

/* The date that is so many days after 1970-01-01, or before. */
static struct date find_date(int64_t days)
{
	/* Not before the date that is looked for, and less than two years after it. */
	struct date date = { 1970 + days * 400 / DAYS_IN_400_YEARS + 1, 12, 1 };

	while (count_days(&(struct date) { date.year, 1, 1 }) > days)
		date.year--;
	while (count_days(&date) > days)
		date.month--;
	date.day += days - count_days(&date);
	return date;
}

const char *clock_rfc3339(int64_t seconds, char text[CLOCK_TEXT_MAX])
{
	int64_t days = seconds / DAY_SEC - (seconds % DAY_SEC < 0);
	int rest = (int)(seconds - days * DAY_SEC);
	struct date date;

	text[0] = '\0';
	if (seconds < FIRST_SECOND || seconds > LAST_SECOND)
		return text;
	date = find_date(days);
	snprintf(text, CLOCK_TEXT_MAX, "%04d-%02d-%02dT%02d:%02d:%02dZ", (int)date.year,
		 (int)date.month, (int)date.day, rest / 3600, rest / 60 % 60, rest % 60);
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
	struct date date;
	int64_t offset;
	int64_t seconds;

	if (!end)
		return false;
	date = (struct date) { FIRST_YEAR + parts.tm_year, 1 + parts.tm_mon, parts.tm_mday };
	/* strptime(3) takes blanks, short numbers and the 31st of any month: what it understood is
	 * written again and compared. */
	seconds = count_days(&date) * DAY_SEC + (int64_t)parts.tm_hour * 3600 + parts.tm_min * 60 +
		  parts.tm_sec;
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

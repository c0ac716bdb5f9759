/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"

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
		strftime(text, CLOCK_TEXT_MAX, "%Y-%m-%dT%H:%M:%SZ", &parts);
	return text;
}

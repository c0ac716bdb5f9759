/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/retry.h"

#include "base/number.h"

#include <curl/curl.h>

#include <stddef.h>

bool retry_is_temporary(long status)
{
	return status == 408 || status == 429 || (status >= 500 && status != 501);
}

/* A date of HTTP in any of its three forms; -1: it is none. */
static int64_t parse_date(const char *text)
{
	return text ? (int64_t)curl_getdate(text, NULL) : -1;
}

int64_t retry_wanted(const struct retry_advice *advice)
{
	const char *text = advice->retry_after;
	uint64_t seconds;
	int64_t then;
	int64_t now;

	if (!text)
		return -1;
	if (number_parse(text, UINT32_MAX, &seconds, NULL) == 0)
		return (int64_t)seconds;
	then = parse_date(text);
	if (then < 0)
		return -1;
	now = parse_date(advice->date);
	if (now < 0)
		now = advice->now;
	return then > now ? then - now : 0;
}

/* A part of the span, as chance will have it. */
static int part_of(int span, uint32_t random)
{
	return (int)(((uint64_t)span * random) >> 32);
}

static int limit_delay(int64_t delay)
{
	return delay < RETRY_DELAY_MAX ? (int)delay : RETRY_DELAY_MAX;
}

int retry_delay(unsigned attempt, const struct retry_advice *advice, uint32_t random)
{
	int64_t wanted = retry_wanted(advice);
	int delay = RETRY_DELAY_FIRST;

	if (wanted >= 0) {
		delay = limit_delay(wanted * 1000);
		return limit_delay(delay + part_of(delay / 4, random));
	}
	while (attempt-- > 0 && delay < RETRY_DELAY_MAX)
		delay *= 4;
	delay = limit_delay(delay);
	return delay - part_of(delay / 2, random);
}

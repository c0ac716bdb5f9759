/* SPDX-License-Identifier: Apache-2.0 */
#include "base/moment.h"

#include "base/number.h"

#include <stdlib.h>

#define MOMENT_MAX INT64_C(253402300799) /* 9999-12-31T23:59:59Z */

static int parse_timestamp(const char *text, int64_t *ret, struct error *err)
{
	uint64_t seconds;

	if (clock_parse_rfc3339(text, ret) && *ret >= 0)
		return 0;
	if (number_parse(text, MOMENT_MAX, &seconds, NULL) < 0)
		return error_set(err, ERROR_USAGE,
				 "option --timestamp: expected seconds since 1970, or a time like "
				 "2026-11-26T18:00:00Z, got '%s'",
				 text);
	*ret = (int64_t)seconds;
	return 0;
}

static int parse_epoch(const char *text, int64_t *ret, struct error *err)
{
	uint64_t seconds;

	if (number_parse(text, MOMENT_MAX, &seconds, err) < 0) {
		error_prefix(err, "SOURCE_DATE_EPOCH");
		return error_hint(
			err, "it is in the environment: set it to seconds since 1970, or unset it");
	}
	*ret = (int64_t)seconds;
	return 0;
}

int moment_choose(const char *timestamp, struct moment *ret, struct error *err)
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");

	ret->latest = INT64_MAX;
	if (timestamp && parse_timestamp(timestamp, &ret->latest, err) < 0)
		return -1;
	if (!timestamp && epoch && parse_epoch(epoch, &ret->latest, err) < 0)
		return -1;
	clock_rfc3339(ret->latest == INT64_MAX ? clock_wall_ns() / CLOCK_NS : ret->latest,
		      ret->created);
	return 0;
}

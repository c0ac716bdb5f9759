/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When an image or an artifact was made. The same input gives the same digest only where somebody says when:
 *
 *	--timestamp TIME	seconds since 1970, or RFC 3339 ("2026-11-26T18:00:00Z")
 *	$SOURCE_DATE_EPOCH	seconds since 1970 (reproducible-builds.org), where there is no --timestamp
 *
 * Then it is of that time, and files in layers that are newer get it. Otherwise it is of now, and files keep their
 * times.
 */
#ifndef BASE_MOMENT_H
#define BASE_MOMENT_H

#include "base/clock.h"
#include "base/error.h"

#include <stdint.h>

struct moment {
	char created[CLOCK_TEXT_MAX]; /* RFC 3339 */
	int64_t latest; /* of files: seconds since 1970; INT64_MAX: any */
};

/* timestamp is the option's value, or NULL. ERROR_USAGE when either is malformed: an image that only looks as if
 * it could be made again is worse than none. */
int moment_choose(const char *timestamp, struct moment *ret, struct error *err);

#endif

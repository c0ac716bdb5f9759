/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When a request to a registry is made again, and after how long: pure rules, without a clock and without
 * chance.
 *
 *	for (unsigned attempt = 0;; attempt++) {
 *		... the answer's status is 503, and it says how long to wait
 *		const struct retry_advice advice = { .retry_after = "2", .now = now };
 *
 *		if (!retry_is_temporary(503) || attempt == retries)
 *			break;
 *		wait for retry_delay(attempt, &advice, random) milliseconds
 *	}
 *
 * The delay begins with RETRY_DELAY_FIRST and becomes four times as long each time; chance takes up to half
 * of it away, so that those who failed together do not come again together. What a server says counts
 * instead, and chance adds up to a quarter; but no server can make anybody wait longer than
 * RETRY_DELAY_MAX.
 */
#ifndef REGISTRY_RETRY_H
#define REGISTRY_RETRY_H

#include <stdbool.h>
#include <stdint.h>

#define RETRY_DELAY_FIRST 200 /* milliseconds */
#define RETRY_DELAY_MAX 15000

/* Does that HTTP status say that the same request may succeed later? */
bool retry_is_temporary(long status);

/* What an answer says about the next attempt: values of its headers, borrowed; NULL: it has none. */
struct retry_advice {
	const char *retry_after; /* seconds, or a date (RFC 9110, section 10.2.3) */
	const char *date; /* of the answer, by the clock that a date in retry_after is of */
	int64_t now; /* by our own clock, which stands in: seconds since 1970 */
};

/* Seconds after which the server wants to be asked again, not negative; -1: it does not say. */
int64_t retry_wanted(const struct retry_advice *advice);

/* Milliseconds to wait before the request is made again for the attempt-th time, from 0 on. random is
 * any number, each as likely as another. */
int retry_delay(unsigned attempt, const struct retry_advice *advice, uint32_t random);

#endif

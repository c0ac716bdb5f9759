/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When a request to a registry is made again, and after how long: pure rules, without a clock.
 *
 *	for (unsigned attempt = 0;; attempt++) {
 *		... the answer's status is 503, its Retry-After says "2"
 *		if (!retry_is_temporary(503) || attempt == retries)
 *			break;
 *		wait for retry_delay(attempt, "2") milliseconds
 *	}
 *
 * The delay begins with RETRY_DELAY_FIRST and becomes four times as long each time. What a server
 * says counts instead, but no server can make anybody wait longer than RETRY_DELAY_MAX.
 */
#ifndef REGISTRY_RETRY_H
#define REGISTRY_RETRY_H

#include <stdbool.h>

#define RETRY_DELAY_FIRST 200 /* milliseconds */
#define RETRY_DELAY_MAX 15000

/* Does that HTTP status say that the same request may succeed later? */
bool retry_is_temporary(long status);

/* Milliseconds to wait before the request is made again for the attempt-th time, from 0 on.
 * retry_after is the value of that header, NULL without one; a date in it is passed over. */
int retry_delay(unsigned attempt, const char *retry_after);

#endif

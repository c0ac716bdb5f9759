/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What time it is. Only these functions ask: whatever has a policy of time (when to draw, to give
 * up, to restart) takes now as a parameter, so that a test can say what time it is.
 *
 *	int64_t deadline = clock_monotonic_ms() + 500;
 *
 *	char when[CLOCK_TEXT_MAX];
 *	printf("%s\n", clock_rfc3339(clock_wall_ns() / CLOCK_NS, when));
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* Nanoseconds in a second. */
#define CLOCK_NS INT64_C(1000000000)

/* Milliseconds since some moment before: for durations. Never goes back, stands still while the
 * machine sleeps. */
int64_t clock_monotonic_ms(void);

/* Seconds and nanoseconds, of a moment since 1970 or of a duration, as nanoseconds. What is more than 146 years
 * is 146 years, so that two can be added and subtracted: files and documents of strangers may have any time. */
int64_t clock_ns(int64_t seconds, int64_t nanoseconds);

/* Nanoseconds since 1970 in UTC: to compare with the times of files. Goes where people set it. */
int64_t clock_wall_ns(void);

/* Write seconds since 1970 as "2026-11-25T22:15:50Z" (RFC 3339), and return text; empty when the
 * year has more than four digits. */
#define CLOCK_TEXT_MAX 32
const char *clock_rfc3339(int64_t seconds, char text[CLOCK_TEXT_MAX]);

/* Read such a text, also with a fraction of a second (dropped) and with an offset ("+02:00") for the
 * "Z". false: the text is no moment; *ret_seconds is untouched. */
bool clock_parse_rfc3339(const char *text, int64_t *ret_seconds);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The one strict way from text to a number: the whole text, base 10, no sign, no blanks. */
#ifndef BASE_NUMBER_H
#define BASE_NUMBER_H

#include "base/error.h"

#include <stdint.h>

/* Decimal digits only, at most max. On failure the message is "expected a number from 0 to MAX,
 * got 'TEXT'" (without a MAX that nobody reaches) with ERROR_USAGE, for the caller to prefix. */
int number_parse(const char *text, uint64_t max, uint64_t *ret_value, struct error *err);

/* Octal digits only (file modes, umask). */
int number_parse_octal(const char *text, uint64_t max, uint64_t *ret_value, struct error *err);

/* A size in bytes with an optional suffix b, k, m, g or t (powers of 1024, either case), also written as
 * docker's "kb" and "KiB", which mean the same. */
int number_parse_size(const char *text, uint64_t max, uint64_t *ret_bytes, struct error *err);

/* A duration in seconds: numbers with the units w, d, h, m, s, the larger ones first ("90s", "1h30m",
 * "7d"), or 0 alone. At most NUMBER_DURATION_MAX. */
#define NUMBER_DURATION_MAX (UINT64_C(1000) * 366 * 86400) /* a thousand years */
int number_parse_duration(const char *text, uint64_t *ret_seconds, struct error *err);

#endif

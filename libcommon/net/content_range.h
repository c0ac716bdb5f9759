/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A Content-Range header (RFC 9110, section 14.4): which bytes of the whole an answer has.
 *
 *	bytes 98-195/196
 *
 * Only the first is read. How many follow is what comes, and what they are worth their digest says.
 */
#ifndef NET_CONTENT_RANGE_H
#define NET_CONTENT_RANGE_H

#include <stdbool.h>
#include <stdint.h>

/* The position of the first byte. False when the header (NULL: there is none) says nothing of the kind. */
bool content_range_start(const char *value, uint64_t *ret);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The value of a parameter in a header (RFC 9110, section 5.6.6): a quoted string or a word. */
#ifndef NET_HEADER_VALUE_H
#define NET_HEADER_VALUE_H

/* Read the value at p: a quoted string with its escapes undone, or a word up to a blank, a quote or one of
 * the characters that end it, which may have what no token has and may be empty. ret is new. Returns what
 * follows, NULL when the value is malformed; ret may be written then too. */
const char *header_value_parse(const char *p, const char *ends, char **ret);

#endif

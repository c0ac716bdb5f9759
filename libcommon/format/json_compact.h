/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A JSON value as compact text: {"a":1}, byte for byte what json_dumps() of jansson writes with
 * JSON_COMPACT. jansson decodes each character of a string to find what must be escaped, which took
 * two thirds of the time that a runtime config takes to be written. The strings of a json_t are valid
 * UTF-8, in which only bytes of ASCII need an escape, so here they are copied up to the next of those.
 */
#ifndef FORMAT_JSON_COMPACT_H
#define FORMAT_JSON_COMPACT_H

#include "base/str.h"

#include <jansson.h>

/* Append the text of a value, which is no real number: a document has none (format/json_odd.h), and
 * of ours none is made. A value of no type, NULL, is null. */
void json_compact_append(const json_t *value, struct str *ret);

#endif

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

/* A text, which is JSON, that is written in the place of one value: of that very object in memory, not
 * of those that are equal to it. So no content of a document can be taken for it. Values of which jansson
 * has only one, null, true and false, are no places. */
struct json_insert {
	const json_t *place; /* borrowed */
	const char *text; /* borrowed */
};

/* Append the text of a value, with insert in its place (NULL: nothing is inserted). The value is no real
 * number: a document has none (format/json_odd.h), and of ours none is made. A value of no type, NULL,
 * is null. */
void json_compact_append(const json_t *value, const struct json_insert *insert, struct str *ret);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Odd tokens of JSON: what other readers take (Go's encoding/json, with which most of these
 * documents are written) and jansson refuses, or would write otherwise. They are
 *
 *	strings with \u0000, with half of a surrogate pair, or with bytes that are no UTF-8;
 *	integers beyond 64 bits with a sign, and real numbers (0.1, 1e3, 1e999).
 *
 * jansson gets them as strings that stand for no text, and what it writes gets them back byte for
 * byte. So a member that nobody uses decides nothing.
 *
 * A value is carried as a string that begins with NUL, a key as one that begins with U+FFFF; then
 * comes the token as it stood, each byte as the character of that number (Latin-1), because jansson
 * wants UTF-8. No document can forge that: a string of its own with a NUL, and a key of its own
 * that begins with U+FFFF, are odd themselves and carried. Two keys are the same when they are
 * written alike.
 */
#ifndef FORMAT_JSON_ODD_H
#define FORMAT_JSON_ODD_H

#include "base/str.h"

#include <jansson.h>

#include <stdbool.h>
#include <stddef.h>

/* Might the text hold a key that begins with U+FFFF, and so looks carried? */
bool json_odd_is_forged(const char *text, size_t len);

/* Might the text hold a real number? False is certain. */
bool json_odd_has_real(const char *text, size_t len);

/* Append the text with its odd tokens carried, for jansson with JSON_ALLOW_NUL. False: it has none. A
 * text that is no JSON stays so. */
bool json_odd_carry(const char *text, size_t len, struct str *ret);

/* Are there carried tokens in text, which jansson wrote? */
bool json_odd_is_carried(const char *text);

/* Append such a text with the tokens as they stood. */
void json_odd_restore(const char *text, struct str *ret);

enum json_odd {
	JSON_ODD_NOT, /* the value is what jansson says */
	JSON_ODD_STRING,
	JSON_ODD_INTEGER,
	JSON_ODD_REAL,
};

/* What a value carries. */
enum json_odd json_odd_kind(const json_t *value);

/* The number that a value carries as JSON_ODD_REAL, infinite beyond a double. */
double json_odd_real(const json_t *value);

/* Append the token that a value carries, as it stood. */
void json_odd_append_token(const json_t *value, struct str *ret);

/* Does a key carry a token? Append what that means, U+FFFD standing for NUL and for what is no
 * Unicode. */
bool json_odd_key_is_carried(const char *key);
void json_odd_append_key_text(const char *key, struct str *ret);

#endif

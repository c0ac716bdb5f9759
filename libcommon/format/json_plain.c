/* SPDX-License-Identifier: Apache-2.0 */
#include "format/json_plain.h"

#include "base/alloc.h"
#include "base/str.h"

#include <string.h>

#define DEPTH_MAX 16 /* objects and arrays within each other, of values that are skipped */
#define DIGITS_MAX 18 /* of a number: fits 64 bits with a sign */

bool json_slice_is(const struct json_slice *slice, const char *text)
{
	return slice->text && strlen(text) == slice->len &&
	       memcmp(slice->text, text, slice->len) == 0;
}

char *json_slice_copy(const struct json_slice *slice)
{
	return slice->text ? xstrndup(slice->text, slice->len) : NULL;
}

/* Step over one byte when it is c. */
static bool take_byte(struct json_plain *at, char c)
{
	if (at->text == at->end || *at->text != c)
		return false;
	at->text++;
	return true;
}

bool json_plain_string(struct json_plain *at, struct json_slice *ret)
{
	const char *c;

	if (!take_byte(at, '"'))
		return false;
	for (c = at->text; c < at->end && *c != '"'; c++)
		if (*c < ' ' || *c > '~' || *c == '\\')
			return false;
	*ret = (struct json_slice) { at->text, (size_t)(c - at->text) };
	at->text = c;
	return take_byte(at, '"');
}

bool json_plain_number(struct json_plain *at, uint64_t *ret)
{
	const char *start = at->text;
	uint64_t value = 0;

	for (; at->text < at->end && *at->text >= '0' && *at->text <= '9'; at->text++) {
		if (at->text - start == DIGITS_MAX)
			return false;
		value = value * 10 + (uint64_t)(*at->text - '0');
	}
	if (at->text == start || (*start == '0' && at->text - start > 1))
		return false;
	*ret = value;
	/* A fraction or an exponent. */
	return at->text == at->end || !strchr(".eE", *at->text);
}

/* Step over a character of a string, which may be an escape. */
static bool skip_character(struct json_plain *at)
{
	size_t left = (size_t)(at->end - at->text);
	uint32_t code;
	size_t len;

	if ((unsigned char)*at->text < ' ')
		return false;
	if (*at->text == '\\')
		len = left > 1 && at->text[1] && strchr("\"\\bfnrt", at->text[1]) ? 2 : 0;
	else
		len = (unsigned char)*at->text < 0x80 ? 1 : str_utf8(at->text, left, &code);
	at->text += len;
	return len > 0;
}

static bool skip_string(struct json_plain *at)
{
	if (!take_byte(at, '"'))
		return false;
	while (at->text < at->end && *at->text != '"')
		if (!skip_character(at))
			return false;
	return take_byte(at, '"');
}

/* -0 is not plain: it is written as 0. */
static bool skip_number(struct json_plain *at)
{
	bool negative = take_byte(at, '-');
	uint64_t number;

	return json_plain_number(at, &number) && (!negative || number);
}

static bool take_word(struct json_plain *at, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(at->end - at->text) < len || memcmp(at->text, word, len) != 0)
		return false;
	at->text += len;
	return true;
}

static bool skip_value(struct json_plain *at, unsigned int depth);

/* data is the depth. */
static bool skip_member(struct json_plain *at, const struct json_slice *key, void *data)
{
	(void)key;
	return skip_value(at, *(unsigned int *)data + 1);
}

static bool skip_element(struct json_plain *at, void *data)
{
	return skip_value(at, *(unsigned int *)data + 1);
}

static bool skip_value(struct json_plain *at, unsigned int depth)
{
	if (at->text == at->end || depth > DEPTH_MAX)
		return false;
	switch (*at->text) {
	case '"':
		return skip_string(at);
	case '{':
		return json_plain_object(at, skip_member, &depth);
	case '[':
		return json_plain_array(at, skip_element, &depth);
	case 't':
		return take_word(at, "true");
	case 'f':
		return take_word(at, "false");
	case 'n':
		return take_word(at, "null");
	default:
		return skip_number(at);
	}
}

bool json_plain_skip(struct json_plain *at)
{
	return skip_value(at, 0);
}

static bool is_among(const struct json_slice *keys, size_t n, const struct json_slice *key)
{
	for (size_t i = 0; i < n; i++)
		if (keys[i].len == key->len && memcmp(keys[i].text, key->text, key->len) == 0)
			return true;
	return false;
}

bool json_plain_object(struct json_plain *at,
		       bool (*member)(struct json_plain *at, const struct json_slice *key,
				      void *data),
		       void *data)
{
	struct json_slice keys[JSON_PLAIN_MEMBERS_MAX];
	size_t n = 0;

	if (!take_byte(at, '{'))
		return false;
	if (take_byte(at, '}'))
		return true;
	do {
		if (n == JSON_PLAIN_MEMBERS_MAX || !json_plain_string(at, &keys[n]) ||
		    is_among(keys, n, &keys[n]) || !take_byte(at, ':') ||
		    !member(at, &keys[n], data))
			return false;
		n++;
	} while (take_byte(at, ','));
	return take_byte(at, '}');
}

bool json_plain_document(const char *text, size_t len,
			 bool (*member)(struct json_plain *at, const struct json_slice *key,
					void *data),
			 void *data)
{
	struct json_plain at = { text, text + len };

	while (at.end > at.text && at.end[-1] == '\n')
		at.end--;
	return json_plain_object(&at, member, data) && at.text == at.end;
}

bool json_plain_array(struct json_plain *at, bool (*element)(struct json_plain *at, void *data),
		      void *data)
{
	if (!take_byte(at, '['))
		return false;
	if (take_byte(at, ']'))
		return true;
	do {
		if (!element(at, data))
			return false;
	} while (take_byte(at, ','));
	return take_byte(at, ']');
}

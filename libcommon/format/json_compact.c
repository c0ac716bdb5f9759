/* SPDX-License-Identifier: Apache-2.0 */
#include "format/json_compact.h"

#include <stdbool.h>
#include <string.h>

static bool needs_escape(unsigned char byte)
{
	return byte < ' ' || byte == '"' || byte == '\\';
}

/* What stands behind the backslash for a byte that has a short escape; 0: none has. */
static char short_escape(char byte)
{
	static const char escapes[][2] = {
		{ '"', '"' },  { '\\', '\\' }, { '\b', 'b' }, { '\f', 'f' },
		{ '\n', 'n' }, { '\r', 'r' },  { '\t', 't' },
	};

	for (size_t i = 0; i < sizeof(escapes) / sizeof(escapes[0]); i++)
		if (escapes[i][0] == byte)
			return escapes[i][1];
	return 0;
}

static void append_escape(char byte, struct str *ret)
{
	char letter = short_escape(byte);

	if (letter)
		str_append_bytes(ret, (char[]) { '\\', letter }, 2);
	else
		str_appendf(ret, "\\u%04X", (unsigned char)byte);
}

static void append_string(const char *text, size_t len, struct str *ret)
{
	const char *end = text + len;

	str_append_char(ret, '"');
	while (text < end) {
		const char *plain = text;

		while (text < end && !needs_escape((unsigned char)*text))
			text++;
		str_append_bytes(ret, plain, (size_t)(text - plain));
		if (text < end)
			append_escape(*text++, ret);
	}
	str_append_char(ret, '"');
}

static void append_object(const json_t *object, const struct json_insert *insert, struct str *ret)
{
	const char *key, *before = "{";
	json_t *value;

	json_object_foreach ((json_t *)object, key, value) {
		str_append(ret, before);
		append_string(key, strlen(key), ret);
		str_append_char(ret, ':');
		json_compact_append(value, insert, ret);
		before = ",";
	}
	str_append(ret, *before == '{' ? "{}" : "}");
}

static void append_array(const json_t *array, const struct json_insert *insert, struct str *ret)
{
	size_t i;
	json_t *value;

	str_append_char(ret, '[');
	json_array_foreach (array, i, value) {
		if (i)
			str_append_char(ret, ',');
		json_compact_append(value, insert, ret);
	}
	str_append_char(ret, ']');
}

void json_compact_append(const json_t *value, const struct json_insert *insert, struct str *ret)
{
	if (insert && value == insert->place)
		str_append(ret, insert->text);
	else if (json_is_object(value))
		append_object(value, insert, ret);
	else if (json_is_array(value))
		append_array(value, insert, ret);
	else if (json_is_string(value))
		append_string(json_string_value(value), json_string_length(value), ret);
	else if (json_is_integer(value))
		str_appendf(ret, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
	else if (json_is_boolean(value))
		str_append(ret, json_is_true(value) ? "true" : "false");
	else
		str_append(ret, "null");
}

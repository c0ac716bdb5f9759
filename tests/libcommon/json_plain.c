/* SPDX-License-Identifier: Apache-2.0 */
#include "tap.h"

#include "base/str.h"
#include "format/json.h"
#include "format/json_plain.h"

static bool is_plain(const char *text)
{
	struct json_plain at = { text, text + strlen(text) };

	return json_plain_skip(&at) && at.text == at.end;
}

/* What is plain is to json_parse() the same. */
static void plain(const char *text, const char *title)
{
	struct error err = { 0 };
	autojson json_t *value = json_parse(text, strlen(text), "plain", &err);
	autofree char *again = value ? json_format(value) : NULL;

	ok(is_plain(text) && again && strcmp(again, text) == 0, title);
}

static void test_plain(void)
{
	plain("{}", "an empty object is plain");
	plain("[]", "an empty array is plain");
	plain("{\"a\":\"b c~!\",\"n\":0,\"m\":999999999999999999}",
	      "strings and numbers are plain");
	plain("[\"\\\"\\\\\\b\\f\\n\\r\\t\",\"\xc3\xa9\",-1]", "escapes, characters and signs are");
	plain("[true,false,null,[1,{\"x\":[]}]]", "words and nested values are plain");
}

static void test_string(void)
{
	static const char *const refused[] = { "\"\\n\"", "\"\xc3\xa9\"", "\"\x7f\"", "\"a" };
	static const char text[] = "\"a b\",";
	struct json_plain at = { text, text + strlen(text) };
	static const char sign[] = "-1";
	struct json_slice slice;
	uint64_t number;

	ok(json_plain_string(&at, &slice) && json_slice_is(&slice, "a b") && at.text + 1 == at.end,
	   "a string is given without its quotes");
	for (size_t i = 0; i < array_size(refused); i++) {
		at = (struct json_plain) { refused[i], refused[i] + strlen(refused[i]) };
		ok(!json_plain_string(&at, &slice), "... but none that has to be understood");
	}
	at = (struct json_plain) { text + 5, text + 6 };
	ok(!json_plain_number(&at, &number), "... nor is a comma a number");
	at = (struct json_plain) { sign, sign + 2 };
	ok(!json_plain_number(&at, &number), "... nor a number with a sign");
}

static void test_not_plain(void)
{
	static const struct {
		const char *text;
		const char *title;
	} table[] = {
		{ "", "nothing" },
		{ "{\"a\":1", "an object without its end" },
		{ "[1", "an array without its end" },
		{ "[\"a", "a string without its end" },
		{ "[tru]", "half a word" },
		{ "[1,]", "a comma before the end" },
		{ "{\"a\" :1}", "a blank" },
		{ "{\"a\":1}\n", "a line feed" },
		{ "[\"\\u0061\"]", "a character by its number" },
		{ "[\"\\/\"]", "an escape that need not be" },
		{ "[\"\\", "half an escape" },
		{ "{\"\\n\":1}", "an escape in a key" },
		{ "{\"\xc3\xa9\":1}", "a key beyond ASCII" },
		{ "[\"\n\"]", "a control character" },
		{ "[\"\xc3\"]", "half a character" },
		{ "[-0]", "a zero with a sign" },
		{ "[-]", "a sign alone" },
		{ "[01]", "a leading zero" },
		{ "[1.0]", "a fraction" },
		{ "[1e2]", "an exponent" },
		{ "[1000000000000000000]", "a number of 19 digits" },
		{ "{\"a\":1,\"b\":2,\"a\":3}", "a key that is there twice" },
		{ "[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]", "what is nested deeply" },
	};
	autostr struct str many = STR_INIT;

	for (size_t i = 0; i < array_size(table); i++)
		ok(!is_plain(table[i].text), table[i].title);
	for (int i = 0; i <= JSON_PLAIN_MEMBERS_MAX; i++)
		str_appendf(&many, "%s\"k%d\":1", i ? "," : "{", i);
	str_append(&many, "}");
	ok(!is_plain(many.data), "more members than are compared");
}

int main(void)
{
	test_plain();
	test_string();
	test_not_plain();
	return done_testing();
}

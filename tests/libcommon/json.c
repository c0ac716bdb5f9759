/* SPDX-License-Identifier: Apache-2.0 */
#include "tap.h"

#include "base/str.h"
#include "format/json.h"
#include "format/json_compact.h"

static const char text[] =
	"{\"s\":\"text\",\"n\":7,\"neg\":-1,\"r\":1.5,\"b\":true,\"nul\":null,"
	"\"a\":[\"x\",\"y\"],\"mixed\":[\"x\",1],\"nulls\":[null],\"o\":{\"in\":{\"k\":[1]}}}";

static void refused(const char *document, const char *title)
{
	struct error err = { 0 };
	autojson json_t *value = json_parse(document, strlen(document), "document", &err);

	ok(!value && str_starts_with(err.message,
				     *document ? "document: line " : "document: is empty"),
	   title);
}

static void test_types(const struct jnode *root)
{
	struct jnode s = jnode_member(root, "s");
	struct jnode n = jnode_member(root, "n");
	struct jnode r = jnode_member(root, "r");
	struct jnode b = jnode_member(root, "b");
	struct jnode nul = jnode_member(root, "nul");
	struct error err = { 0 };
	const char *string = NULL;
	int64_t number = 0;
	bool boolean = false;

	ok(jnode_string(&s, &string, &err) == 0, "a string is read");
	is_str(string, "text", "... as it is");
	ok(jnode_integer(&n, 0, 10, &number, &err) == 0 && number == 7, "an integer is read");
	ok(jnode_bool(&b, &boolean, &err) == 0 && boolean, "a boolean is read");
	ok(jnode_integer(&n, 8, 10, &number, &err) < 0, "an integer out of range is refused");
	is_str(err.message, "doc: n: expected a number from 8 to 10, got 7",
	       "... with the range and its path");
	ok(jnode_integer(&r, 0, 10, &number, &err) < 0, "a real number is no integer");
	ok(jnode_string(&n, &string, &err) < 0, "an integer is no string");
	is_str(err.message, "doc: n: expected string, got integer", "... and the message says so");
	ok(!jnode_is_present(&nul), "null is as good as absent");
	ok(jnode_string(&nul, &string, &err) < 0, "... where something is required");
	is_str(err.message, "doc: nul: missing, expected string", "... it is missing");
	string = "kept";
	ok(jnode_string_opt(&nul, &string, &err) == 0, "... where it is optional it is fine");
	is_str(string, "kept", "... and leaves the default");
}

static void test_containers(const struct jnode *root)
{
	autostrlist struct strlist list = STRLIST_INIT;
	struct jnode a = jnode_member(root, "a");
	autostrlist struct strlist empty = STRLIST_INIT;
	struct jnode nulls = jnode_member(root, "nulls");
	struct jnode mixed = jnode_member(root, "mixed");
	struct jnode o = jnode_member(root, "o");
	struct jnode in = jnode_member(&o, "in");
	struct jnode k = jnode_member(&in, "k");
	struct jnode k0 = jnode_element(&k, 0);
	struct jnode absent = jnode_member(root, "absent");
	struct jnode below = jnode_member(&absent, "below");
	struct error err = { 0 };
	const char *string;
	size_t len = 99;

	ok(jnode_strings(&a, &list, &err) == 0 && list.len == 2, "an array of strings is read");
	ok(jnode_strings(&mixed, &list, &err) < 0, "an array with something else is refused");
	is_str(err.message, "doc: mixed[1]: expected string, got integer", "... with the element");
	ok(jnode_string(&k0, &string, &err) < 0, "a nested value of a wrong type is refused");
	is_str(err.message, "doc: o.in.k[0]: expected string, got integer", "... with its path");
	ok(!jnode_is_present(&below), "members of what is absent are absent");
	ok(jnode_strings(&nulls, &empty, &err) == 0 && empty.len == 1 && !*empty.items[0],
	   "null in an array of strings is an empty string");
	ok(jnode_array(&absent, &len, &err) == 0 && len == 0, "an absent array is empty");
	ok(jnode_object(&a, &err) < 0, "an array is no object");
}

/* Documents without blanks, which are written as they were read. */
static void test_kept(void)
{
	static const char *const documents[] = {
		"{\"nul\":\"b\\u0000c\"}",
		"{\"latin\":\"caf\xe9 \\\"q\\\" \\\\\"}",
		"{\"half\":\"\\ud800\",\"other\":\"\\udc00\\ud800x\"}",
		"{\"encoded half\":\"\xed\xa0\x80\",\"overlong\":\"\xc0\x80\",\"cut\":\"\xe2\x82\"}",
		"[18446744073709551615,-9223372036854775809,9223372036854775807,1e999,-1E+999]",
		"[0.1,-0.25e-7,1E5,1e5,-1.0,{\"a\":0.30},0e0]",
		"{\"version\":\"1.0\",\"sha256:1e3\":\"2 1.5,7e2\"}",
		"{\"k\\u0000\":{\"\xff\":[\"\\u0000\"]},\"\\ud800\":null}",
		/* Keys and values that look like carried ones. */
		"{\"\xef\xbf\xbf\\\"k\\\"\":\"\xef\xbf\xbf\\\"v\\\"\",\"\\uFffF18\":1}",
		"{\"a\":\"\\u0000\\\"b\\\"\",\"c\":\"\\u000018446744073709551615\"}",
		"{\"a\":\"\\\"\xef\xbf\xbf\\\":\",\"b\":\"\\\\\\\"\\u0000\"}",
	};

	for (size_t i = 0; i < array_size(documents); i++) {
		struct error err = { 0 };
		autojson json_t *value =
			json_parse(documents[i], strlen(documents[i]), "document", &err);
		autofree char *again = json_format(value);

		is_str(again, documents[i], "odd tokens are kept byte for byte");
	}
}

static void test_odd_values(void)
{
	static const char odd[] = "{\"nul\":\"b\\u0000c\",\"latin\":\"\xe9\",\"null\":null,"
				  "\"max\":18446744073709551615,\"over\":18446744073709551616,"
				  "\"under\":-9223372036854775809,\"real\":1e999}";
	struct error err = { 0 };
	autojson json_t *document = json_parse(odd, strlen(odd), "doc", &err);
	struct jnode root = jnode_root(document, "doc");
	struct jnode nul = jnode_member(&root, "nul");
	struct jnode latin = jnode_member(&root, "latin");
	struct jnode null = jnode_member(&root, "null");
	struct jnode max = jnode_member(&root, "max");
	struct jnode over = jnode_member(&root, "over");
	struct jnode under = jnode_member(&root, "under");
	struct jnode real = jnode_member(&root, "real");
	const char *string = NULL;
	int64_t number = 0;
	uint64_t natural = 0;

	ok(document != NULL, "a document with odd tokens is parsed");
	ok(jnode_string(&nul, &string, &err) < 0,
	   "a string with a NUL is refused where it is used");
	is_str(err.message, "doc: nul: the string contains a NUL or what is no Unicode",
	       "... with its path");
	ok(jnode_string(&latin, &string, &err) < 0, "... as is one that is no UTF-8");
	ok(jnode_check_string(&nul, &err) == 0 && jnode_check_string(&latin, &err) == 0,
	   "both are strings where they are handed on");
	ok(jnode_check_string(&max, &err) < 0, "a large integer is none");
	is_str(err.message, "doc: max: expected string, got integer", "... but an integer");
	ok(jnode_check_string(&null, &err) < 0, "null is none");
	ok(jnode_integer(&max, -1, 5, &number, &err) < 0, "a large integer is out of range");
	is_str(err.message, "doc: max: expected a number from -1 to 5, got 18446744073709551615",
	       "... which its own digits show");
	ok(jnode_unsigned(&max, UINT64_MAX, &natural, &err) == 0 && natural == UINT64_MAX,
	   "... but is read where 64 bits without a sign are wanted");
	ok(jnode_unsigned(&max, 7, &natural, &err) < 0, "... in their range");
	ok(jnode_unsigned(&over, UINT64_MAX, &natural, &err) < 0, "one more is too large");
	is_str(err.message,
	       "doc: over: expected a number from 0 to 18446744073709551615, got 18446744073709551616",
	       "... and the message says so");
	ok(jnode_unsigned(&under, UINT64_MAX, &natural, &err) < 0, "so is what is below zero");
	ok(jnode_integer(&real, 0, 5, &number, &err) < 0, "a real number beyond all is no integer");
	is_str(err.message, "doc: real: expected integer, got real number", "... but that");
}

/* jansson writes these values too, and is asked what it would write. */
static void test_compact(void)
{
	autojson json_t *value =
		json_pack("{s:[], s:{}, s:[i,I,b,b,n], s:[[],[[{}]]]}", "empty", "", "scalars", -1,
			  (json_int_t)INT64_MIN, 1, 0, "nested");
	autofree char *ours = NULL, *theirs = NULL;

	for (int byte = 0; byte < 0x80; byte++) {
		char string[] = { 'a', (char)byte, (char)byte, 'b', 0 };

		json_object_set_new(value, byte ? string : "0", json_stringn(string, 4));
	}
	json_object_set_new(value, "caf\xc3\xa9 \xf0\x9f\x90\xb3",
			    json_string("\xe2\x82\xac\x7f/"));
	ours = json_format(value);
	theirs = json_dumps(value, JSON_COMPACT);
	is_str(ours, theirs, "a value is written as jansson writes it, whatever its strings hold");
}

static void test_insert(void)
{
	autojson json_t *value =
		json_pack("{s:s, s:{s:s, s:[s]}, s:s}", "a", "", "b", "c", "", "d", "", "e", "");
	json_t *place = json_object_get(json_object_get(value, "b"), "c");
	struct json_insert insert = { place, "[1,{}]" };
	autofree char *text_in_object = json_format_with(value, &insert);
	autofree char *text_in_array = NULL;

	is_str(text_in_object, "{\"a\":\"\",\"b\":{\"c\":[1,{}],\"d\":[\"\"]},\"e\":\"\"}",
	       "a text stands in the place of one value, not of those that are equal to it");
	insert.place = json_array_get(json_object_get(json_object_get(value, "b"), "d"), 0);
	text_in_array = json_format_with(value, &insert);
	is_str(text_in_array, "{\"a\":\"\",\"b\":{\"c\":\"\",\"d\":[[1,{}]]},\"e\":\"\"}",
	       "... also in an array");
}

static void last_counts(const char *duplicate, const char *wanted, const char *title)
{
	struct error err = { 0 };
	autojson json_t *document = json_parse_last(duplicate, strlen(duplicate), "doc", &err);
	autofree char *formatted = json_format(document);

	is_str(formatted, wanted, title);
}

static void test_duplicates(void)
{
	struct error err = { 0 };

	refused("{\"a\":1,\"a\":2}", "duplicate keys are refused");
	refused("{\"a\":1,\"\\u0061\":2}", "... however they are written");
	last_counts("{\"a\":1,\"b\":2,\"a\":3}", "{\"a\":3,\"b\":2}", "or the last of them counts");
	last_counts("{\"a\":1,\"\\u0061\":3}", "{\"a\":3}", "... however they are written");
	last_counts("{\"a\":{\"b\":1},\"a\":{\"c\":2}}", "{\"a\":{\"c\":2}}", "... whole");
	last_counts("{\"a\":1,\"c\":\"\\u0000\",\"a\":3}", "{\"a\":3,\"c\":\"\\u0000\"}",
		    "... beside odd tokens");
	ok(!json_parse_last("{\"a\":1,}", strlen("{\"a\":1,}"), "doc", &err),
	   "... and what is no JSON is refused");
}

int main(void)
{
	struct error err = { 0 };
	autojson json_t *document = json_parse(text, strlen(text), "doc", &err);
	struct jnode root = jnode_root(document, "doc");
	char *formatted;

	ok(document != NULL, "a document is parsed");
	test_types(&root);
	test_containers(&root);
	refused("", "an empty text is refused");
	refused("{", "a cut text is refused");
	test_duplicates();
	refused("{} {}", "text behind the document is refused");
	refused("{\"a\":1 /* b */}", "a comment is refused");
	refused("\xef\xbb\xbf{}", "a byte order mark is refused");
	refused("{\"a\":\"b\nc\"}", "a line feed in a string is refused");
	refused("{\"a\":\"\\u0000\",\"b\":01}", "... also beside an odd string");
	refused("{\"a\":\"\\u0000", "... and so is an odd text that is cut");
	refused("{\"a\\u0000\":1,\"a\\u0000\":2}", "... and duplicate odd keys");
	test_kept();
	test_odd_values();
	test_compact();
	test_insert();
	formatted = json_format(json_object_get(document, "a"));
	is_str(formatted, "[\"x\",\"y\"]", "a value is written on one line without blanks");
	free(formatted);
	return done_testing();
}

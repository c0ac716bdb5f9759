/* SPDX-License-Identifier: Apache-2.0 */
#include "tap.h"

#include "base/str.h"
#include "format/json.h"

static const char text[] = "{\"s\":\"text\",\"n\":7,\"neg\":-1,\"r\":1.5,\"b\":true,\"nul\":null,"
			   "\"a\":[\"x\",\"y\"],\"mixed\":[\"x\",1],\"o\":{\"in\":{\"k\":[1]}}}";

static void refused(const char *document, const char *title)
{
	struct error err = { 0 };
	autojson json_t *value = json_parse(document, strlen(document), "document", &err);

	ok(!value && str_starts_with(err.message, "document: line "), title);
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
	ok(jnode_array(&absent, &len, &err) == 0 && len == 0, "an absent array is empty");
	ok(jnode_object(&a, &err) < 0, "an array is no object");
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
	refused("{\"a\":1,\"a\":2}", "duplicate keys are refused");
	refused("{} {}", "text behind the document is refused");
	refused("{\"a\":\"\xff\"}", "invalid UTF-8 is refused");
	refused("{\"a\":\"b\\u0000c\"}", "a NUL in a string is refused");
	formatted = json_format(json_object_get(document, "a"));
	is_str(formatted, "[\"x\",\"y\"]", "a value is written on one line without blanks");
	free(formatted);
	return done_testing();
}

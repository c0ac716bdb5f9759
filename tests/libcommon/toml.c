/* SPDX-License-Identifier: Apache-2.0 */
#include "tap.h"

#include "base/alloc.h"
#include "base/str.h"
#include "format/toml.h"

/* The tree on one line: {key=value ...}, [value ...]. */
static void append_node(struct str *out, const struct config_node *node)
{
	bool is_table = node->kind == CONFIG_TABLE;

	if (node->key)
		str_appendf(out, "%s=", node->key);
	if (node->kind == CONFIG_STRING)
		str_append_json(out, node->text);
	if (node->kind == CONFIG_INTEGER)
		str_appendf(out, "%lld", (long long)node->integer);
	if (node->kind == CONFIG_BOOL)
		str_append(out, node->boolean ? "true" : "false");
	if (!is_table && node->kind != CONFIG_ARRAY)
		return;
	str_append_char(out, is_table ? '{' : '[');
	for (size_t i = 0; i < node->n_children; i++) {
		if (i)
			str_append_char(out, ' ');
		append_node(out, &node->children[i]);
	}
	str_append_char(out, is_table ? '}' : ']');
}

static void reads(const char *text, const char *wanted, const char *title)
{
	autoconfignode struct config_node root = CONFIG_NODE_INIT;
	autostr struct str out = STR_INIT;
	struct error err = { 0 };

	if (toml_read(text, strlen(text), "x", &root, &err) < 0)
		str_append(&out, err.message);
	else
		append_node(&out, &root);
	is_str(out.data, wanted, title);
}

static void test_values(void)
{
	reads("", "{}", "an empty file is an empty table");
	reads("# x\n\n a = true # y\nb=false", "{a=true b=false}",
	      "comments and blank lines are passed over");
	reads("a = 0\nb = -12\nc = +1_000\nd = 9223372036854775807",
	      "{a=0 b=-12 c=1000 d=9223372036854775807}", "integers");
	reads("a = [1, 'x', [], [2,\n # c\n 3,\n]\n]", "{a=[1 \"x\" [] [2 3]]}",
	      "arrays go over lines, with comments and a last comma");
	reads("a = { b = 1, 'c d' = { } , e.f = 2 }", "{a={b=1 c d={} e={f=2}}}", "inline tables");
	reads("a = 1\r\n[b]\r\nc = 'x'\r\n", "{a=1 b={c=\"x\"}}", "lines may end as in DOS");
}

static void test_strings(void)
{
	reads("a = \"\\b\\t\\n\\f\\r\\\"\\\\\"",
	      "{a=\"\\u0008\\u0009\\u000a\\u000c\\u000d\\\"\\\\\"}", "a basic string has escapes");
	reads("a = \"\\u00e9 \\u4e2d \\U0001F600 é\"", "{a=\"é 中 😀 é\"}",
	      "... also for any character");
	reads("a = 'C:\\x\\'", "{a=\"C:\\\\x\\\\\"}", "a literal string has none");
	reads("a = \"\"\"\nx\r\ny \\\n\n   z \"\" \\\"\"\"\"\"\"\nb = 1",
	      "{a=\"x\\u000ay z \\\"\\\" \\\"\\\"\\\"\" b=1}", "a basic string over lines");
	reads("a = '''x\n\\n''''' # c", "{a=\"x\\u000a\\\\n''\"}", "a literal string over lines");
	reads("a = \"\"", "{a=\"\"}", "an empty string");
}

static void test_tables(void)
{
	reads("a = 1\n[b]\nc = 1\n[b.d]\n[ e . 'f g' ]\nh = 2", "{a=1 b={c=1 d={}} e={f g={h=2}}}",
	      "tables");
	reads("[a.b]\nc = 1\n[a]\nd = 2", "{a={b={c=1} d=2}}",
	      "a table may come after one within it");
	reads("[[a]]\nb = 1\n[[a.c]]\nd = 1\n[[a.c]]\n[[a]]\n[a.e]",
	      "{a=[{b=1 c=[{d=1} {}]} {e={}}]}", "arrays of tables, and what is within the last");
	reads("a.b = 1\na.c.d = 2\n'a b'.c = 3", "{a={b=1 c={d=2}} a b={c=3}}",
	      "dotted and quoted keys");
}

static void test_errors(void)
{
	reads("a = 1\nb", "x:2: expected '=', got the end of the file", "an error has its line");
	reads("a = [1\n\n2]", "x:3: expected ',' or ']', got '2'", "... also within an array");
	reads("a = \"\"\"\nx", "x:1: a string without an end",
	      "a string without an end is told where it begins");
	reads("\na = \"x\nb = 1", "x:2: a string without an end", "... also one of a line");
	reads("a = alpine", "x:1: expected a value, got 'alpine': a text needs quotes",
	      "a text without quotes");
	reads("a = ", "x:1: expected a value, got the end of the file", "no value");
	reads("a = 1 b = 2", "x:1: expected the end of the line, got 'b'", "two keys on a line");
	reads("a = 1.5", "x:1: '1.5' is no whole number; fractions and dates are not read",
	      "a fraction");
	reads("a = 1979-05-27",
	      "x:1: '1979-05-27' is no whole number; fractions and dates are not read", "a date");
	reads("a = 01", "x:1: '01' is no whole number; fractions and dates are not read",
	      "a leading zero");
	reads("a = 1__0", "x:1: '1__0' is no whole number; fractions and dates are not read",
	      "two underscores");
	reads("a = 9223372036854775808", "x:1: the number '9223372036854775808' is too large",
	      "a number of more than 63 bits");
	reads("a = { b = 1,\n c = 2 }", "x:1: expected a key, got the end of the line",
	      "an inline table ends on its line");
	reads("a = { b = 1, }", "x:1: expected a key, got '}'", "... and not by a comma");
	reads("a = \"\\x\"", "x:1: expected an escape behind '\\', got 'x'", "an unknown escape");
	reads("a = \"\\u0000\"", "x:1: 0x0 is no character that a string can have", "NUL");
	reads("a = \"\\uD800\"", "x:1: 0xd800 is no character that a string can have",
	      "half of a surrogate pair");
	reads("\na = '\033'", "x:2: byte 0x1b cannot be here", "a control character");
	reads("a = 1\rb = 2", "x:1: byte 0x0d cannot be here", "a carriage return alone");
	reads("a = '\xff'", "x:1: byte 0xff cannot be here", "what is not UTF-8");
	reads("[a", "x:1: expected ']', got the end of the file", "a header without an end");
	reads("[[a]", "x:1: expected ']]', got the end of the file", "... of an array of tables");
}

static void test_again(void)
{
	reads("a = 1\n\na = 2", "x:3: a: it is there already, in line 1", "a key stands once");
	reads("[b]\na = 1\nc = 1\na = 2", "x:4: a: it is there already, in line 2",
	      "... in each table");
	reads("a = { b = 1, b = 2 }", "x:1: b: it is there already, in line 1",
	      "... and inline table");
	reads("[a]\n[b]\n[a]", "x:3: 'a' is there already, in line 1", "a table is opened once");
	reads("[[a]]\n[a]", "x:2: 'a' is there already, in line 1",
	      "an array of tables is no table");
	reads("a = []\n[[a]]", "x:2: 'a' is there already, in line 1",
	      "a value's array is not added to");
	reads("a = {}\n[a.b]", "x:2: 'a' is there already, in line 1",
	      "an inline table is not opened again");
	reads("a = {}\na.b = 1", "x:2: 'a' is there already, in line 1", "... nor by a dotted key");
	reads("[a.b]\n[a]\nb.c = 1", "x:3: 'b' is there already, in line 1",
	      "a dotted key adds to no table that has a header");
	reads("a.b = 1\n[a]", "x:2: 'a' is there already, in line 1",
	      "a header opens no table of dotted keys");
}

static char *repeated(const char *text, size_t n)
{
	autostr struct str out = STR_INIT;

	for (size_t i = 0; i < n; i++)
		str_append(&out, text);
	return str_steal(&out);
}

static void test_limits(void)
{
	autofree char *brackets = repeated("[", 100000);
	autofree char *deep = xasprintf("a = %s", brackets);
	autofree char *dots = repeated("a.", 20);
	autofree char *key = xasprintf("%sa = 1", dots);
	autofree char *many = repeated("[[a]]\n", TOML_NODES_MAX + 1);
	autofree char *large = repeated("#\n", TOML_SIZE_MAX / 2 + 1);

	reads(deep, "x:1: more than 16 arrays and tables within each other", "nesting has a limit");
	reads(key, "x:1: a key of more than 16 parts", "... that of keys too");
	reads(many, "x:131072: more than 131072 values", "the number of values has a limit");
	reads(large, "x:1: the file is larger than 4194304 bytes", "the size has a limit");
}

int main(void)
{
	test_values();
	test_strings();
	test_tables();
	test_errors();
	test_again();
	test_limits();
	return done_testing();
}

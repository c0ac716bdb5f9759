/* SPDX-License-Identifier: Apache-2.0 */
#include "tap.h"

#include "base/str.h"
#include "format/yaml.h"

static const char text[] = "# a comment\n"
			   "docker:\n"
			   "  quay.io/ns:\n"
			   "    lookaside: \"https://x\\u002fy\"\n"
			   "    attachments: true\n"
			   "  'a: b': [1, no, ~, '7', 0x10]\n"
			   "empty:\n";

static void test_lines(void)
{
	autoconfignode struct config_node root = CONFIG_NODE_INIT;
	const struct config_node *docker;
	const struct config_node *list;
	struct error err = { 0 };

	if (!ok(yaml_read(text, strlen(text), "f", &root, &err) == 0, "a file is read"))
		return;
	docker = config_node_find(&root, "docker");
	ok(docker->line == 2 && docker->children[0].line == 3, "... a key knows its line");
	is_str(docker->children[0].children[0].text, "https://x/y", "... a string is read");
	ok(docker->children[0].children[1].boolean, "... and a boolean");
	list = config_node_find(docker, "a: b");
	ok(list && list->n_children == 5, "... and an array");
	ok(list->children[0].kind == CONFIG_INTEGER && list->children[0].integer == 1,
	   "... a number is one");
	ok(list->children[1].kind == CONFIG_STRING, "... no is a string");
	ok(list->children[2].kind == CONFIG_NULL, "... ~ is nothing");
	ok(list->children[3].kind == CONFIG_STRING, "... a quoted number is a string");
	ok(list->children[4].kind == CONFIG_STRING, "... and so is one that is not decimal");
	ok(config_node_find(&root, "empty")->kind == CONFIG_NULL, "... a key may have no value");
}

static void test_depth(void)
{
	autoconfignode struct config_node root = CONFIG_NODE_INIT;
	autostr struct str deep = STR_INIT;
	struct error err = { 0 };

	for (int i = 0; i < YAML_DEPTH_MAX; i++)
		str_append_char(&deep, '[');
	for (int i = 0; i < YAML_DEPTH_MAX; i++)
		str_append_char(&deep, ']');
	ok(yaml_read(deep.data, deep.len, "f", &root, &err) == 0, "arrays may be deep");
	config_node_release(&root);
	ok(yaml_read("[", 1, "f", &root, &err) < 0, "an array without its end is refused");
	str_append_char(&deep, ']');
	memmove(deep.data + 1, deep.data, deep.len - 1);
	ok(yaml_read(deep.data, deep.len, "f", &root, &err) < 0, "but not endlessly");
}

int main(void)
{
	static const struct {
		const char *text;
		const char *wanted;
		const char *title;
	} refused[] = {
		{ "a: 1\nb: 2\na: 3\n", "f:3: a: stands twice",
		  "a key that stands twice is refused" },
		{ "a: &x 1\nb: *x\n", "f:1: anchors and aliases are not supported",
		  "an anchor is refused" },
		{ "a: 1\nb: *x\n", "f:2: anchors and aliases are not supported",
		  "an alias is refused" },
		{ "a: !!binary eA==\n", "f:1: tags are not supported", "a tag is refused" },
		{ "a: 1\n---\nb: 2\n", "f:2: a second document in the file",
		  "a second document is refused" },
		{ "? [a]\n: 1\n", "f:1: a key that is no text",
		  "a key that is an array is refused" },
		{ "a: \"x\\0\"\n", "f:1: a text with a NUL", "a NUL is refused" },
		{ "a:\n\tb: 1\n", "f:2: found character that cannot start any token",
		  "a tab is refused where it is no blank" },
		{ "a: \xff\n", "f:1: invalid leading UTF-8 octet", "what is no UTF-8 is refused" },
	};
	autoconfignode struct config_node empty = CONFIG_NODE_INIT;
	struct error err = { 0 };

	test_lines();
	test_depth();
	ok(yaml_read("# nothing\n", 10, "f", &empty, &err) == 0 && empty.kind == CONFIG_NULL,
	   "a file of comments is nothing");
	for (size_t i = 0; i < array_size(refused); i++) {
		autoconfignode struct config_node root = CONFIG_NODE_INIT;

		yaml_read(refused[i].text, strlen(refused[i].text), "f", &root, &err);
		is_str(err.message, refused[i].wanted, refused[i].title);
	}
	return done_testing();
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "tap.h"

#include "format/json_config.h"

static const char text[] = "\n{ \"a\": \"x, \\\"]}\",\n"
			   "  \"list\": [1,\n"
			   "    true, {\n"
			   "\t\"deep\" :\n"
			   "\t\t[ ] }, null\n"
			   "  ],\n"
			   "  \"z\": -5\n"
			   "}\n";

static void test_lines(void)
{
	autoconfignode struct config_node root = CONFIG_NODE_INIT;
	const struct config_node *list;
	struct error err = { 0 };

	if (!ok(json_config_read(text, strlen(text), "f", &root, &err) == 0, "a file is read"))
		return;
	list = config_node_find(&root, "list");
	ok(root.line == 2, "... the outermost object knows its line");
	is_str(config_node_find(&root, "a")->text, "x, \"]}", "... a string is what it stands for");
	ok(config_node_find(&root, "a")->line == 2, "... and knows its line");
	ok(list->line == 3 && list->n_children == 4, "... so does an array");
	ok(list->children[0].integer == 1 && list->children[0].line == 3, "... a number in it");
	ok(list->children[1].boolean && list->children[1].line == 4, "... a boolean");
	ok(list->children[2].children[0].line == 5, "... a member of an object in it");
	ok(list->children[3].kind == CONFIG_NULL && list->children[3].line == 6, "... and null");
	ok(config_node_find(&root, "z")->integer == -5 && config_node_find(&root, "z")->line == 8,
	   "... and what stands behind them");
}

int main(void)
{
	static const struct {
		const char *text;
		const char *wanted;
		const char *title;
	} refused[] = {
		{ "", "f: is empty", "an empty file is refused" },
		{ "{\"a\":1,\"a\":2}", "f: line 1", "a key that stands twice is refused" },
		{ "{\"a\":\n1.5}", "f:1: a: ", "a number with a fraction is refused" },
		{ "{\"a\":\"x\\u0000\"}", "f:1: a: ", "a string with a NUL is refused" },
		{ "[1] 2", "f: line 1", "what stands behind the end is refused" },
	};

	test_lines();
	for (size_t i = 0; i < array_size(refused); i++) {
		autoconfignode struct config_node root = CONFIG_NODE_INIT;
		struct error err = { 0 };

		ok(json_config_read(refused[i].text, strlen(refused[i].text), "f", &root, &err) <
				   0 &&
			   strncmp(err.message, refused[i].wanted, strlen(refused[i].wanted)) == 0,
		   refused[i].title);
	}
	return done_testing();
}

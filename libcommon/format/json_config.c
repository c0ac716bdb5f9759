/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text is parsed by jansson, which says that it is JSON but not where its values stand. The lines are
 * counted by walking over the text beside the parsed document: jansson keeps the members of an object in
 * their order.
 */
#include "format/json_config.h"

#include "base/alloc.h"
#include "format/json.h"

#include <string.h>

/* Where the walk is in a text that is known to be JSON. */
struct json_walk {
	const char *at;
	const char *end;
	unsigned line;
	const char *file;
};

/* Go to the next token: past blanks, and past the punctuation between values. */
static void skip_between(struct json_walk *walk)
{
	for (; walk->at < walk->end && strchr(" \t\r\n,:", *walk->at); walk->at++)
		if (*walk->at == '\n')
			walk->line++;
}

/* Go past a string, which has no line feeds. */
static void skip_string(struct json_walk *walk)
{
	for (walk->at++; walk->at < walk->end && *walk->at != '"'; walk->at++)
		if (*walk->at == '\\')
			walk->at++;
	walk->at++;
}

/* Go past a string, a number or a word. */
static void skip_scalar(struct json_walk *walk)
{
	if (walk->at < walk->end && *walk->at == '"') {
		skip_string(walk);
		return;
	}
	while (walk->at < walk->end && !strchr(" \t\r\n,:]}", *walk->at))
		walk->at++;
}

static int take_value(struct json_walk *walk, const json_t *value, struct config_node *ret,
		      struct error *err);

/* Take an element, or a member when it has a key, as a child of parent. */
static int take_child(struct json_walk *walk, const char *key, const json_t *value,
		      struct config_node *parent, struct error *err)
{
	autoconfignode struct config_node child = CONFIG_NODE_INIT;

	skip_between(walk);
	child.file = walk->file;
	child.line = walk->line;
	child.key = key ? xstrdup(key) : NULL;
	if (key) {
		skip_string(walk);
		skip_between(walk);
	}
	if (take_value(walk, value, &child, err) < 0)
		return -1;
	config_node_add(parent, &child);
	return 0;
}

static int take_array(struct json_walk *walk, const json_t *array, struct config_node *ret,
		      struct error *err)
{
	ret->kind = CONFIG_ARRAY;
	walk->at++;
	for (size_t i = 0; i < json_array_size(array); i++)
		if (take_child(walk, NULL, json_array_get(array, i), ret, err) < 0)
			return -1;
	skip_between(walk);
	walk->at++;
	return 0;
}

static int take_object(struct json_walk *walk, const json_t *object, struct config_node *ret,
		       struct error *err)
{
	const char *key;
	json_t *value;

	ret->kind = CONFIG_TABLE;
	walk->at++;
	json_object_foreach ((json_t *)object, key, value)
		if (take_child(walk, key, value, ret, err) < 0)
			return -1;
	skip_between(walk);
	walk->at++;
	return 0;
}

static int take_text(const json_t *value, struct config_node *ret, struct error *err)
{
	const char *text = json_text(value);

	if (!text)
		return config_node_error(ret, err, "a value that is not expected anywhere");
	ret->kind = CONFIG_STRING;
	ret->text = xstrdup(text);
	return 0;
}

/* Take a value, at whose first character the walk stands. */
static int take_value(struct json_walk *walk, const json_t *value, struct config_node *ret,
		      struct error *err)
{
	if (json_is_object(value))
		return take_object(walk, value, ret, err);
	if (json_is_array(value))
		return take_array(walk, value, ret, err);
	skip_scalar(walk);
	if (json_is_null(value))
		return 0;
	if (json_is_boolean(value)) {
		ret->kind = CONFIG_BOOL;
		ret->boolean = json_is_true(value);
		return 0;
	}
	if (json_is_integer(value)) {
		ret->kind = CONFIG_INTEGER;
		ret->integer = json_integer_value(value);
		return 0;
	}
	return take_text(value, ret, err);
}

/* What people write into JSON who know other formats, by jansson's message. */
static int add_json_hint(struct error *err)
{
	if (error_mentions(err, "near '/") || error_mentions(err, "near '#"))
		error_hint(err, "JSON has no comments");
	else if (error_mentions(err, "near '}'") || error_mentions(err, "near ']'"))
		error_hint(err, "in JSON the last one has no comma behind it");
	return -1;
}

int json_config_read(const char *text, size_t len, const char *file, struct config_node *ret,
		     struct error *err)
{
	struct json_walk walk = { text, text + len, 1, file };
	autojson json_t *document = json_parse(text, len, file, err);
	autoconfignode struct config_node root = CONFIG_NODE_INIT;

	if (!document)
		return add_json_hint(err);
	skip_between(&walk);
	root.file = file;
	root.line = walk.line;
	if (take_value(&walk, document, &root, err) < 0)
		return -1;
	*ret = root;
	root = (struct config_node)CONFIG_NODE_INIT;
	return 0;
}

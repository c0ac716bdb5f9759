/* SPDX-License-Identifier: Apache-2.0 */
#include "format/yaml.h"

#include "base/alloc.h"
#include "base/number.h"
#include "format/json.h"

#include <yaml.h>

#include <ctype.h>
#include <string.h>

struct yaml_reader {
	yaml_parser_t parser;
	const char *file; /* borrowed */
	int depth;
};

static void close_reader(struct yaml_reader *reader)
{
	yaml_parser_delete(&reader->parser);
}

static void delete_event(yaml_event_t *event)
{
	yaml_event_delete(event);
}
#define autoevent autocleanup(delete_event)

static int yaml_error(const struct yaml_reader *reader, size_t line, struct error *err,
		      const char *reason)
{
	return error_set(err, ERROR_FAILED, "%s:%zu: %s", reader->file, line + 1, reason);
}

/* What the parser itself found: context says what was read when the problem came. */
static int parser_error(const struct yaml_reader *reader, struct error *err)
{
	const yaml_parser_t *parser = &reader->parser;
	const char *problem = parser->problem ? parser->problem : "it cannot be read";

	yaml_error(reader, parser->problem_mark.line, err, problem);
	/* libyaml's words about a tab where a token should begin. */
	if (strstr(problem, "cannot start any token"))
		error_hint(err, "YAML is indented with spaces, never with tabs");
	return -1;
}

static const unsigned char *anchor_of(const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		return event->data.scalar.anchor;
	case YAML_SEQUENCE_START_EVENT:
		return event->data.sequence_start.anchor;
	case YAML_MAPPING_START_EVENT:
		return event->data.mapping_start.anchor;
	default:
		return NULL;
	}
}

static const unsigned char *tag_of(const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		return event->data.scalar.tag;
	case YAML_SEQUENCE_START_EVENT:
		return event->data.sequence_start.tag;
	case YAML_MAPPING_START_EVENT:
		return event->data.mapping_start.tag;
	default:
		return NULL;
	}
}

static int next_event(struct yaml_reader *reader, yaml_event_t *ret, struct error *err)
{
	if (!yaml_parser_parse(&reader->parser, ret)) {
		*ret = (yaml_event_t) { 0 };
		return parser_error(reader, err);
	}
	if (ret->type == YAML_ALIAS_EVENT || anchor_of(ret))
		return yaml_error(reader, ret->start_mark.line, err,
				  "anchors and aliases are not supported");
	if (tag_of(ret))
		return yaml_error(reader, ret->start_mark.line, err, "tags are not supported");
	return 0;
}

/* The text of a scalar, new. */
static char *take_text(const struct yaml_reader *reader, const yaml_event_t *event,
		       struct error *err)
{
	const char *text = (const char *)event->data.scalar.value;

	if (strlen(text) == event->data.scalar.length)
		return xstrdup(text);
	yaml_error(reader, event->start_mark.line, err, "a text with a NUL");
	return NULL;
}

static bool read_integer(const char *text, int64_t *ret)
{
	struct error ignored = { 0 };
	uint64_t value;

	if (!isdigit((unsigned char)text[0]) || number_parse(text, INT64_MAX, &value, &ignored) < 0)
		return false;
	*ret = (int64_t)value;
	return true;
}

/* What a text that is not quoted means. */
static void resolve_plain(struct config_node *node)
{
	static const char *const nothing[] = { "", "~", "null", "Null", "NULL", NULL };
	static const char *const true_words[] = { "true", "True", "TRUE", NULL };
	static const char *const false_words[] = { "false", "False", "FALSE", NULL };

	if (config_text_is_one_of(node->text, nothing))
		node->kind = CONFIG_NULL;
	else if (config_text_is_one_of(node->text, true_words) ||
		 config_text_is_one_of(node->text, false_words))
		node->kind = CONFIG_BOOL;
	else if (read_integer(node->text, &node->integer))
		node->kind = CONFIG_INTEGER;
	node->boolean = node->kind == CONFIG_BOOL && config_text_is_one_of(node->text, true_words);
}

static int take_scalar(const struct yaml_reader *reader, const yaml_event_t *event,
		       struct config_node *ret, struct error *err)
{
	ret->text = take_text(reader, event, err);
	if (!ret->text)
		return -1;
	ret->kind = CONFIG_STRING;
	if (event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE)
		resolve_plain(ret);
	return 0;
}

static int take_node(struct yaml_reader *reader, const yaml_event_t *event, struct config_node *ret,
		     struct error *err);

static int take_items(struct yaml_reader *reader, struct config_node *ret, struct error *err)
{
	ret->kind = CONFIG_ARRAY;
	for (;;) {
		autoconfignode struct config_node item = CONFIG_NODE_INIT;
		autoevent yaml_event_t event = { 0 };

		if (next_event(reader, &event, err) < 0)
			return -1;
		if (event.type == YAML_SEQUENCE_END_EVENT)
			return 0;
		item.file = reader->file;
		item.line = (unsigned)event.start_mark.line + 1;
		if (take_node(reader, &event, &item, err) < 0)
			return -1;
		config_node_add(ret, &item);
	}
}

/* Take a key, which is not in keys yet. */
static int take_key(const struct yaml_reader *reader, const yaml_event_t *event, json_t *keys,
		    struct config_node *ret, struct error *err)
{
	if (event->type != YAML_SCALAR_EVENT)
		return yaml_error(reader, event->start_mark.line, err, "a key that is no text");
	ret->key = take_text(reader, event, err);
	if (!ret->key)
		return -1;
	if (json_object_get(keys, ret->key))
		return config_node_error(ret, err, "stands twice");
	json_object_set_new(keys, ret->key, json_true());
	return 0;
}

static int take_members(struct yaml_reader *reader, struct config_node *ret, struct error *err)
{
	autojson json_t *keys = json_object();

	ret->kind = CONFIG_TABLE;
	for (;;) {
		autoconfignode struct config_node member = CONFIG_NODE_INIT;
		autoevent yaml_event_t key = { 0 };
		autoevent yaml_event_t value = { 0 };

		if (next_event(reader, &key, err) < 0)
			return -1;
		if (key.type == YAML_MAPPING_END_EVENT)
			return 0;
		member.file = reader->file;
		member.line = (unsigned)key.start_mark.line + 1;
		if (take_key(reader, &key, keys, &member, err) < 0 ||
		    next_event(reader, &value, err) < 0 ||
		    take_node(reader, &value, &member, err) < 0)
			return -1;
		config_node_add(ret, &member);
	}
}

/* Take the value that begins with an event. */
static int take_node(struct yaml_reader *reader, const yaml_event_t *event, struct config_node *ret,
		     struct error *err)
{
	int result;

	if (event->type == YAML_SCALAR_EVENT)
		return take_scalar(reader, event, ret, err);
	if (++reader->depth > YAML_DEPTH_MAX)
		return yaml_error(reader, event->start_mark.line, err,
				  "too many tables and arrays within each other");
	result = event->type == YAML_SEQUENCE_START_EVENT ? take_items(reader, ret, err)
							  : take_members(reader, ret, err);
	reader->depth--;
	return result;
}

/* Skip the event that must come now; what else comes is a second document. */
static int expect_event(struct yaml_reader *reader, yaml_event_type_t type, struct error *err)
{
	autoevent yaml_event_t event = { 0 };

	if (next_event(reader, &event, err) < 0)
		return -1;
	if (event.type != type)
		return yaml_error(reader, event.start_mark.line, err,
				  "a second document in the file");
	return 0;
}

static int take_document(struct yaml_reader *reader, struct config_node *ret, struct error *err)
{
	autoevent yaml_event_t event = { 0 };

	if (next_event(reader, &event, err) < 0)
		return -1;
	ret->line = (unsigned)event.start_mark.line + 1;
	if (take_node(reader, &event, ret, err) < 0 ||
	    expect_event(reader, YAML_DOCUMENT_END_EVENT, err) < 0)
		return -1;
	return expect_event(reader, YAML_STREAM_END_EVENT, err);
}

static int take_stream(struct yaml_reader *reader, struct config_node *ret, struct error *err)
{
	autoevent yaml_event_t event = { 0 };

	if (expect_event(reader, YAML_STREAM_START_EVENT, err) < 0 ||
	    next_event(reader, &event, err) < 0)
		return -1;
	return event.type == YAML_STREAM_END_EVENT ? 0 : take_document(reader, ret, err);
}

int yaml_read(const char *text, size_t len, const char *file, struct config_node *ret,
	      struct error *err)
{
	autocleanup(close_reader) struct yaml_reader reader = { .file = file };
	autoconfignode struct config_node root = { .kind = CONFIG_NULL, .file = file, .line = 1 };

	if (!yaml_parser_initialize(&reader.parser))
		return error_set(err, ERROR_FAILED, "%s: libyaml cannot be set up", file);
	yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&reader.parser, (const unsigned char *)text, len);
	if (take_stream(&reader, &root, err) < 0)
		return -1;
	*ret = root;
	root = (struct config_node)CONFIG_NODE_INIT;
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "format/json.h"

#include "base/alloc.h"
#include "base/str.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

void json_free(json_t **document)
{
	json_decref(*document);
	*document = NULL;
}

json_t *json_parse(const char *text, size_t len, const char *document, struct error *err)
{
	json_error_t where;
	json_t *value = json_loadb(text, len, JSON_REJECT_DUPLICATES, &where);

	if (!value)
		error_set(err, ERROR_FAILED, "%s: line %d, column %d: %s", document, where.line,
			  where.column, where.text);
	return value;
}

char *json_format(const json_t *value)
{
	char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);

	/* Strings that came from JSON are valid UTF-8: only memory can be short. */
	return text ? text : xstrdup("null");
}

int json_print(FILE *out, const json_t *value, struct error *err)
{
	autofree char *text = json_format(value);

	if (fprintf(out, "%s\n", text) < 0)
		return error_errno(err, "cannot write JSON");
	return 0;
}

struct jnode jnode_root(const json_t *value, const char *document)
{
	return (struct jnode) { value, NULL, document, 0 };
}

struct jnode jnode_member(const struct jnode *object, const char *key)
{
	const json_t *value = json_object_get(object->value, key);

	return (struct jnode) { json_is_null(value) ? NULL : value, object, key, 0 };
}

struct jnode jnode_element(const struct jnode *array, size_t index)
{
	const json_t *value = json_array_get(array->value, index);

	return (struct jnode) { json_is_null(value) ? NULL : value, array, NULL, index };
}

/* "config.json: process.args[0]" */
static void append_path(struct str *path, const struct jnode *node)
{
	if (!node->parent) {
		str_append(path, node->name);
		return;
	}
	append_path(path, node->parent);
	if (!node->name)
		str_appendf(path, "[%zu]", node->index);
	else
		str_appendf(path, "%s%s", node->parent->parent ? "." : ": ", node->name);
}

int jnode_error(const struct jnode *node, struct error *err, const char *format, ...)
{
	autostr struct str path = STR_INIT;
	autofree char *text = NULL;
	va_list args;

	va_start(args, format);
	text = xvasprintf(format, args);
	va_end(args);
	append_path(&path, node);
	return error_set(err, ERROR_FAILED, "%s: %s", path.data, text);
}

static const char *type_name(const json_t *value)
{
	if (!value)
		return "nothing";
	switch (json_typeof(value)) {
	case JSON_OBJECT:
		return "object";
	case JSON_ARRAY:
		return "array";
	case JSON_STRING:
		return "string";
	case JSON_INTEGER:
		return "integer";
	case JSON_REAL:
		return "real number";
	case JSON_TRUE:
	case JSON_FALSE:
		return "boolean";
	case JSON_NULL:
		break;
	}
	return "null";
}

static int wrong_type(const struct jnode *node, const char *expected, struct error *err)
{
	if (!node->value)
		return jnode_error(node, err, "missing, expected %s", expected);
	return jnode_error(node, err, "expected %s, got %s", expected, type_name(node->value));
}

int jnode_string(const struct jnode *node, const char **ret, struct error *err)
{
	const char *text = json_string_value(node->value);

	if (!text)
		return wrong_type(node, "string", err);
	if (strlen(text) != json_string_length(node->value))
		return jnode_error(node, err, "string contains a NUL");
	*ret = text;
	return 0;
}

int jnode_integer(const struct jnode *node, int64_t min, int64_t max, int64_t *ret,
		  struct error *err)
{
	json_int_t value = json_integer_value(node->value);

	if (!json_is_integer(node->value))
		return wrong_type(node, "integer", err);
	if (value < min || value > max)
		return jnode_error(node, err,
				   "expected a number from %" PRId64 " to %" PRId64
				   ", got %" PRId64,
				   min, max, (int64_t)value);
	*ret = value;
	return 0;
}

int jnode_bool(const struct jnode *node, bool *ret, struct error *err)
{
	if (!json_is_boolean(node->value))
		return wrong_type(node, "boolean", err);
	*ret = json_is_true(node->value);
	return 0;
}

int jnode_string_opt(const struct jnode *node, const char **ret, struct error *err)
{
	return node->value ? jnode_string(node, ret, err) : 0;
}

int jnode_integer_opt(const struct jnode *node, int64_t min, int64_t max, int64_t *ret,
		      struct error *err)
{
	return node->value ? jnode_integer(node, min, max, ret, err) : 0;
}

int jnode_bool_opt(const struct jnode *node, bool *ret, struct error *err)
{
	return node->value ? jnode_bool(node, ret, err) : 0;
}

int jnode_array(const struct jnode *node, size_t *ret_len, struct error *err)
{
	if (node->value && !json_is_array(node->value))
		return wrong_type(node, "array", err);
	*ret_len = json_array_size(node->value);
	return 0;
}

int jnode_object(const struct jnode *node, struct error *err)
{
	if (node->value && !json_is_object(node->value))
		return wrong_type(node, "object", err);
	return 0;
}

int jnode_strings(const struct jnode *node, struct strlist *list, struct error *err)
{
	size_t len = 0;

	if (jnode_array(node, &len, err) < 0)
		return -1;
	for (size_t i = 0; i < len; i++) {
		struct jnode element = jnode_element(node, i);
		const char *text;

		if (jnode_string(&element, &text, err) < 0)
			return -1;
		strlist_append(list, text);
	}
	return 0;
}

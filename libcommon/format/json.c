/* SPDX-License-Identifier: Apache-2.0 */
#include "format/json.h"

#include "base/alloc.h"
#include "base/str.h"
#include "format/json_compact.h"
#include "format/json_odd.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NO_TEXT "a NUL or what is no Unicode"
#define INDENT_WIDTH 2 /* columns, as jq does it */
#define NUMBER_TEXT_MAX 24 /* bytes of 64 bits in digits, with sign and NUL */

void json_free(json_t **document)
{
	json_decref(*document);
	*document = NULL;
}

/* jansson refused the text, might take a key for a carried one, or would spell a number otherwise: give
 * it odd tokens carried. In a changed text columns are not the document's. */
static json_t *parse_with_odd_tokens(const char *text, size_t len, size_t flags,
				     json_error_t *where)
{
	autostr struct str carried = STR_INIT;
	json_t *value;

	if (!json_odd_carry(text, len, &carried))
		return json_loadb(text, len, flags, where);
	value = json_loadb(carried.data, carried.len, flags | JSON_ALLOW_NUL, where);
	where->column = 0;
	return value;
}

/* flags are those of jansson. */
static json_t *parse_document(const char *text, size_t len, size_t flags, const char *document,
			      struct error *err)
{
	json_error_t where;
	json_t *value = NULL;

	if (!json_odd_is_forged(text, len) && !json_odd_has_real(text, len))
		value = json_loadb(text, len, flags, &where);
	if (!value)
		value = parse_with_odd_tokens(text, len, flags, &where);
	if (value)
		return value;
	if (len == 0)
		error_set(err, ERROR_FAILED, "%s: is empty", document);
	else if (where.column)
		error_set(err, ERROR_FAILED, "%s: line %d, column %d: %s", document, where.line,
			  where.column, where.text);
	else
		error_set(err, ERROR_FAILED, "%s: line %d: %s", document, where.line, where.text);
	return NULL;
}

json_t *json_parse(const char *text, size_t len, const char *document, struct error *err)
{
	return parse_document(text, len, JSON_REJECT_DUPLICATES, document, err);
}

json_t *json_parse_last(const char *text, size_t len, const char *document, struct error *err)
{
	return parse_document(text, len, 0, document, err);
}

size_t json_count_values(const char *text, size_t len)
{
	size_t n = 1;

	for (const char *p = text; p < text + len; p++)
		n += *p == ',' || *p == ':' || *p == '[' || *p == '{';
	return n;
}

int json_check_values(const char *text, size_t len, size_t max, const char *document,
		      struct error *err)
{
	if (json_count_values(text, len) <= max)
		return 0;
	return error_set(err, ERROR_VERIFY, "%s: more than %zu values", document, max);
}

/* Give a text (taken) its odd tokens back. Returns it, or a new one. */
static char *restore_odd_tokens(char *text)
{
	autostr struct str restored = STR_INIT;

	if (!json_odd_is_carried(text))
		return text;
	json_odd_restore(text, &restored);
	free(text);
	return str_steal(&restored);
}

char *json_format_with(const json_t *value, const struct json_insert *insert)
{
	autostr struct str text = STR_INIT;

	json_compact_append(value, insert, &text);
	return restore_odd_tokens(str_steal(&text));
}

char *json_format(const json_t *value)
{
	return json_format_with(value, NULL);
}

char *json_format_indented(const json_t *value)
{
	char *text = json_dumps(value, JSON_INDENT(INDENT_WIDTH) | JSON_ENCODE_ANY);

	/* Strings that came from JSON are valid UTF-8: only memory can be short. */
	return text ? restore_odd_tokens(text) : xstrdup("null");
}

/* The same value of a text that a terminal may be shown: what is no character, or could give a
 * terminal orders, is escaped. A line feed stands only between tokens. */
static char *format_for_terminal(const char *text)
{
	autostr struct str safe = STR_INIT;
	const char *end = text + strlen(text);

	while (text < end) {
		uint32_t code = 0xfffd;
		size_t len = str_utf8(text, (size_t)(end - text), &code);

		if (code == '\n' || (len && str_is_printable(code)))
			str_append_bytes(&safe, text, len);
		else
			str_appendf(&safe, "\\u%04x", code);
		text += len ? len : 1;
	}
	return str_steal(&safe);
}

static bool is_ascii(const char *text)
{
	while ((*text >= ' ' && *text < 0x7f) || *text == '\n')
		text++;
	return !*text;
}

int json_print_text(FILE *out, const char *text, struct error *err)
{
	/* ASCII in JSON holds no control characters. */
	autofree char *safe =
		!is_ascii(text) && isatty(fileno(out)) ? format_for_terminal(text) : NULL;

	if (fputs(safe ? safe : text, out) < 0 || fputc('\n', out) < 0)
		return error_errno(err, "cannot write JSON");
	return 0;
}

int json_print(FILE *out, const json_t *value, struct error *err)
{
	autofree char *text = json_format(value);

	return json_print_text(out, text, err);
}

int json_show(FILE *out, const json_t *value, struct error *err)
{
	autofree char *text =
		isatty(fileno(out)) ? json_format_indented(value) : json_format(value);

	return json_print_text(out, text, err);
}

const char *json_text(const json_t *value)
{
	return json_odd_kind(value) == JSON_ODD_NOT ? json_string_value(value) : NULL;
}

void json_append_key(const char *key, struct str *ret)
{
	if (json_odd_key_is_carried(key))
		json_odd_append_key_text(key, ret);
	else
		str_append(ret, key);
}

int json_check_text(const char *text, struct error *err)
{
	autojson json_t *string = json_string(text);

	if (string)
		return 0;
	return error_set(err, ERROR_USAGE, "'%s' is not valid UTF-8, which a JSON document needs",
			 text);
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
		break;
	case JSON_INTEGER:
		return "integer";
	case JSON_REAL:
		return "real number";
	case JSON_TRUE:
	case JSON_FALSE:
		return "boolean";
	case JSON_NULL:
		return "null";
	}
	switch (json_odd_kind(value)) {
	case JSON_ODD_INTEGER:
		return "integer";
	case JSON_ODD_REAL:
		return "real number";
	default:
		return "string";
	}
}

static int wrong_type(const struct jnode *node, const char *expected, struct error *err)
{
	if (!node->value)
		return jnode_error(node, err, "missing, expected %s", expected);
	return jnode_error(node, err, "expected %s, got %s", expected, type_name(node->value));
}

int jnode_check_string(const struct jnode *node, struct error *err)
{
	if (json_is_string(node->value) && json_odd_kind(node->value) <= JSON_ODD_STRING)
		return 0;
	return wrong_type(node, "string", err);
}

int jnode_string(const struct jnode *node, const char **ret, struct error *err)
{
	if (jnode_check_string(node, err) < 0)
		return -1;
	if (json_odd_kind(node->value) != JSON_ODD_NOT)
		return jnode_error(node, err, "the string contains " NO_TEXT);
	*ret = json_string_value(node->value);
	return 0;
}

int jnode_check_key(const struct jnode *object, const char *key, struct error *err)
{
	if (!json_odd_key_is_carried(key))
		return 0;
	return jnode_error(object, err, "a key contains " NO_TEXT);
}

static bool is_integer(const json_t *value)
{
	return json_is_integer(value) || json_odd_kind(value) == JSON_ODD_INTEGER;
}

/* An integer that is out of range, with its own digits. */
static int range_error(const struct jnode *node, const char *min, const char *max,
		       struct error *err)
{
	autostr struct str number = STR_INIT;

	if (json_is_integer(node->value))
		str_appendf(&number, "%" PRId64, (int64_t)json_integer_value(node->value));
	else
		json_odd_append_token(node->value, &number);
	return jnode_error(node, err, "expected a number from %s to %s, got %.100s", min, max,
			   number.data);
}

int jnode_integer(const struct jnode *node, int64_t min, int64_t max, int64_t *ret,
		  struct error *err)
{
	json_int_t value = json_integer_value(node->value);
	char min_text[NUMBER_TEXT_MAX];
	char max_text[NUMBER_TEXT_MAX];

	if (!is_integer(node->value))
		return wrong_type(node, "integer", err);
	if (json_is_integer(node->value) && value >= min && value <= max) {
		*ret = value;
		return 0;
	}
	snprintf(min_text, sizeof(min_text), "%" PRId64, min);
	snprintf(max_text, sizeof(max_text), "%" PRId64, max);
	return range_error(node, min_text, max_text, err);
}

/* The value of an integer that is not negative. */
static bool read_unsigned(const json_t *value, uint64_t *ret)
{
	autostr struct str token = STR_INIT;

	*ret = (uint64_t)json_integer_value(value);
	if (json_is_integer(value))
		return json_integer_value(value) >= 0;
	json_odd_append_token(value, &token);
	errno = 0;
	*ret = strtoull(token.data, NULL, 10);
	return token.data[0] != '-' && errno == 0;
}

int jnode_unsigned(const struct jnode *node, uint64_t max, uint64_t *ret, struct error *err)
{
	char max_text[NUMBER_TEXT_MAX];
	uint64_t value;

	if (!is_integer(node->value))
		return wrong_type(node, "integer", err);
	if (read_unsigned(node->value, &value) && value <= max) {
		*ret = value;
		return 0;
	}
	snprintf(max_text, sizeof(max_text), "%" PRIu64, max);
	return range_error(node, "0", max_text, err);
}

bool jnode_is_real(const struct jnode *node, double *ret)
{
	if (json_odd_kind(node->value) != JSON_ODD_REAL)
		return false;
	*ret = json_odd_real(node->value);
	return true;
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

static bool is_one_of(const char *key, const char *const *known)
{
	for (size_t i = 0; known[i]; i++)
		if (strcmp(known[i], key) == 0)
			return true;
	return false;
}

int jnode_check_members(const struct jnode *object, const char *const *known, struct error *err)
{
	const char *key;
	json_t *value;

	if (jnode_object(object, err) < 0)
		return -1;
	json_object_foreach ((json_t *)object->value, key, value)
		if (jnode_check_key(object, key, err) < 0)
			return -1;
		else if (!is_one_of(key, known))
			return jnode_error(object, err, "unknown member '%s'", key);
	return 0;
}

int jnode_strings(const struct jnode *node, struct strlist *list, struct error *err)
{
	size_t len = 0;

	if (jnode_array(node, &len, err) < 0)
		return -1;
	for (size_t i = 0; i < len; i++) {
		struct jnode element = jnode_element(node, i);
		const char *text = "";

		if (jnode_string_opt(&element, &text, err) < 0)
			return -1;
		strlist_append(list, text);
	}
	return 0;
}

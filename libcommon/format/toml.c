/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The characters of the whole text are checked first, so that everything behind that may take it for lines
 * of printable UTF-8 with a NUL at their end. Keys are added without looking whether they are there, which
 * would be quadratic: that is looked for at the end, in the sorted keys of each table.
 */
#include "format/toml.h"

#include "base/alloc.h"
#include "base/number.h"
#include "base/str.h"
#include "format/toml_string.h"

#include <stdlib.h>
#include <string.h>

#define DIGITS "0123456789"
#define KEYS_FEW 8

/* How a table or an array of tables came to be, which says what may still be added to it. It stands in the
 * integer of its node until the whole text has been read. */
enum origin {
	ORIGIN_VALUE, /* written behind a '=': complete */
	ORIGIN_HEADER, /* [TABLE], or an element of [[TABLE]] */
	ORIGIN_PATH, /* named on the way to another header: it may still get its own */
	ORIGIN_DOTTED, /* by a dotted key: more dotted keys may add to it */
	ORIGIN_ELEMENTS, /* the array that [[TABLE]] adds to */
};

struct reader {
	struct toml_text text;
	size_t n_nodes;
	int depth; /* arrays and inline tables that are open */
};

static void skip_blanks(struct toml_text *text)
{
	text->at += strspn(text->at, " \t\r");
}

static void skip_comment(struct toml_text *text)
{
	skip_blanks(text);
	if (*text->at == '#')
		text->at += strcspn(text->at, "\n");
}

/* To the next thing that is said, on whatever line. */
static void skip_lines(struct toml_text *text)
{
	for (skip_comment(text); *text->at == '\n'; skip_comment(text)) {
		text->at++;
		text->line++;
	}
}

static int expect_end_of_line(struct toml_text *text, struct error *err)
{
	skip_comment(text);
	if (*text->at && *text->at != '\n')
		return toml_text_unexpected(text, "the end of the line", err);
	return 0;
}

static int expect_char(struct toml_text *text, char wanted, const char *name, struct error *err)
{
	skip_blanks(text);
	if (*text->at != wanted)
		return toml_text_unexpected(text, name, err);
	text->at++;
	return 0;
}

static bool is_bare(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '-';
}

/* One part of a key, new. */
static char *read_key_part(struct toml_text *text, struct error *err)
{
	autostr struct str quoted = STR_INIT;
	const char *start = text->at;
	size_t len = 0;

	if (*start == '"' || *start == '\'')
		return toml_read_line_string(text, &quoted, err) < 0 ? NULL : str_steal(&quoted);
	while (is_bare(start[len]))
		len++;
	if (len == 0) {
		toml_text_unexpected(text, "a key", err);
		return NULL;
	}
	text->at += len;
	return xstrndup(start, len);
}

/* A key, which may be dotted. */
struct key {
	struct strlist path; /* the parts but the last */
	char *last;
};

#define KEY_INIT \
	{ \
		.path = STRLIST_INIT \
	}

static void key_release(struct key *key)
{
	strlist_release(&key->path);
	free(key->last);
}
#define autokey autocleanup(key_release)

static int read_key(struct toml_text *text, struct key *ret, struct error *err)
{
	for (;;) {
		skip_blanks(text);
		ret->last = read_key_part(text, err);
		if (!ret->last)
			return -1;
		skip_blanks(text);
		if (*text->at != '.')
			return 0;
		text->at++;
		strlist_take(&ret->path, steal(&ret->last));
		if (ret->path.len == TOML_DEPTH_MAX)
			return toml_text_error(text, err, "a key of more than %d parts",
					       TOML_DEPTH_MAX);
	}
}

static int count_node(struct reader *reader, struct error *err)
{
	if (++reader->n_nodes > TOML_NODES_MAX)
		return toml_text_error(&reader->text, err, "more than %u values", TOML_NODES_MAX);
	return 0;
}

static struct config_node new_node(const struct toml_text *text, enum config_kind kind,
				   enum origin origin)
{
	return (struct config_node) {
		.kind = kind, .file = text->file, .line = text->line, .integer = origin
	};
}

/* Add an empty table or array to a table (key is copied) or an array (NULL). */
static struct config_node *add_container(struct reader *reader, struct config_node *parent,
					 const char *key, enum config_kind kind, enum origin origin,
					 struct error *err)
{
	struct config_node node = new_node(&reader->text, kind, origin);

	if (count_node(reader, err) < 0)
		return NULL;
	node.key = key ? xstrdup(key) : NULL;
	return config_node_add(parent, &node);
}

static int refuse_again(const struct reader *reader, const struct config_node *there,
			struct error *err)
{
	return toml_text_error(&reader->text, err, "'%s' is there already, in line %u", there->key,
			       there->line);
}

/* The first member of that key, which may be changed: the tree is the reader's own. */
static struct config_node *find_member(struct config_node *table, const char *key)
{
	return (struct config_node *)config_node_find(table, key);
}

/* One step of a path to a header: through a table, or the last element of an array of tables. */
static struct config_node *enter_path(struct reader *reader, struct config_node *table,
				      const char *key, struct error *err)
{
	struct config_node *found = find_member(table, key);

	if (!found)
		return add_container(reader, table, key, CONFIG_TABLE, ORIGIN_PATH, err);
	if (found->kind == CONFIG_ARRAY && found->integer == ORIGIN_ELEMENTS)
		return &found->children[found->n_children - 1];
	if (found->kind == CONFIG_TABLE && found->integer != ORIGIN_VALUE)
		return found;
	refuse_again(reader, found, err);
	return NULL;
}

/* The table of [KEY]. */
static struct config_node *enter_table(struct reader *reader, struct config_node *parent,
				       const char *key, struct error *err)
{
	struct config_node *found = find_member(parent, key);

	if (!found)
		return add_container(reader, parent, key, CONFIG_TABLE, ORIGIN_HEADER, err);
	if (found->kind != CONFIG_TABLE || found->integer != ORIGIN_PATH) {
		refuse_again(reader, found, err);
		return NULL;
	}
	found->integer = ORIGIN_HEADER;
	found->line = reader->text.line;
	return found;
}

/* A new element of [[KEY]]. */
static struct config_node *enter_element(struct reader *reader, struct config_node *parent,
					 const char *key, struct error *err)
{
	struct config_node *found = find_member(parent, key);

	if (!found)
		found = add_container(reader, parent, key, CONFIG_ARRAY, ORIGIN_ELEMENTS, err);
	else if (found->kind != CONFIG_ARRAY || found->integer != ORIGIN_ELEMENTS)
		found = refuse_again(reader, found, err) < 0 ? NULL : found;
	return found ? add_container(reader, found, NULL, CONFIG_TABLE, ORIGIN_HEADER, err) : NULL;
}

/* [KEY] or [[KEY]]: ret becomes the table that the lines below fill, borrowed. */
static int read_header(struct reader *reader, struct config_node *root, struct config_node **ret,
		       struct error *err)
{
	struct toml_text *text = &reader->text;
	bool is_element = text->at[1] == '[';
	autokey struct key key = KEY_INIT;
	struct config_node *table = root;

	text->at += is_element ? 2 : 1;
	if (read_key(text, &key, err) < 0 || expect_char(text, ']', "']'", err) < 0)
		return -1;
	if (is_element && *text->at++ != ']') {
		text->at--;
		return toml_text_unexpected(text, "']]'", err);
	}
	for (size_t i = 0; table && i < key.path.len; i++)
		table = enter_path(reader, table, key.path.items[i], err);
	if (table)
		table = is_element ? enter_element(reader, table, key.last, err)
				   : enter_table(reader, table, key.last, err);
	*ret = table;
	return table ? expect_end_of_line(text, err) : -1;
}

static int read_value(struct reader *reader, struct config_node *ret, struct error *err);

/* One step of a dotted key. */
static struct config_node *enter_dotted(struct reader *reader, struct config_node *table,
					const char *key, struct error *err)
{
	struct config_node *found = find_member(table, key);

	if (!found)
		return add_container(reader, table, key, CONFIG_TABLE, ORIGIN_DOTTED, err);
	if (found->kind == CONFIG_TABLE && found->integer == ORIGIN_DOTTED)
		return found;
	refuse_again(reader, found, err);
	return NULL;
}

/* KEY = VALUE, into a table. */
static int read_pair(struct reader *reader, struct config_node *table, struct error *err)
{
	autoconfignode struct config_node value = CONFIG_NODE_INIT;
	autokey struct key key = KEY_INIT;
	unsigned line = reader->text.line;

	if (read_key(&reader->text, &key, err) < 0 ||
	    expect_char(&reader->text, '=', "'='", err) < 0 || read_value(reader, &value, err) < 0)
		return -1;
	for (size_t i = 0; table && i < key.path.len; i++)
		table = enter_dotted(reader, table, key.path.items[i], err);
	if (!table)
		return -1;
	value.key = steal(&key.last);
	value.line = line;
	config_node_add(table, &value);
	return 0;
}

/* The rest of an array, whose '[' was read. */
static int read_array(struct reader *reader, struct config_node *array, struct error *err)
{
	struct toml_text *text = &reader->text;

	for (skip_lines(text); *text->at != ']'; skip_lines(text)) {
		autoconfignode struct config_node value = CONFIG_NODE_INIT;

		if (array->n_children && expect_char(text, ',', "',' or ']'", err) < 0)
			return -1;
		skip_lines(text);
		if (*text->at == ']' && array->n_children)
			break;
		if (read_value(reader, &value, err) < 0)
			return -1;
		config_node_add(array, &value);
	}
	text->at++;
	return 0;
}

/* The rest of an inline table, whose '{' was read: it ends on its line, and not by a comma. */
static int read_inline_table(struct reader *reader, struct config_node *table, struct error *err)
{
	struct toml_text *text = &reader->text;

	skip_blanks(text);
	while (table->n_children || *text->at != '}') {
		if (read_pair(reader, table, err) < 0)
			return -1;
		skip_blanks(text);
		if (*text->at == '}')
			break;
		if (expect_char(text, ',', "',' or '}'", err) < 0)
			return -1;
		skip_blanks(text);
	}
	text->at++;
	return 0;
}

static int read_container(struct reader *reader, struct config_node *ret, struct error *err)
{
	bool is_array = *reader->text.at++ == '[';
	int result;

	ret->kind = is_array ? CONFIG_ARRAY : CONFIG_TABLE;
	if (reader->depth == TOML_DEPTH_MAX)
		return toml_text_error(&reader->text, err,
				       "more than %d arrays and tables within each other",
				       TOML_DEPTH_MAX);
	reader->depth++;
	result = is_array ? read_array(reader, ret, err) : read_inline_table(reader, ret, err);
	reader->depth--;
	return result;
}

static int refuse_word(const struct reader *reader, const char *word, struct error *err)
{
	if (strchr("+-" DIGITS, *word) && *word)
		return toml_text_error(&reader->text, err,
				       "'%s' is no whole number; fractions and dates are not read",
				       word);
	if (*word)
		return toml_text_error(&reader->text, err,
				       "expected a value, got '%s': a text needs quotes", word);
	return toml_text_unexpected(&reader->text, "a value", err);
}

/* Digits, between which single underscores may stand: without them, new. NULL: it is no number. */
static char *plain_digits(const char *word)
{
	autostr struct str digits = STR_INIT;

	if (*word == '0' && word[1])
		return NULL;
	for (const char *p = word; *p; p++) {
		bool between = p > word && strchr(DIGITS, p[-1]) && p[1] && strchr(DIGITS, p[1]);

		if (*p == '_' && between)
			continue;
		if (!strchr(DIGITS, *p))
			return NULL;
		str_append_char(&digits, *p);
	}
	return digits.len ? str_steal(&digits) : NULL;
}

/* A value that is a word: a boolean or an integer. */
static int read_word(struct reader *reader, struct config_node *ret, struct error *err)
{
	struct toml_text *text = &reader->text;
	size_t len = strcspn(text->at, " \t\r\n#,]}=\"'");
	autofree char *word = xstrndup(text->at, len);
	bool has_sign = *word == '+' || *word == '-';
	autofree char *digits = plain_digits(word + has_sign);
	uint64_t number;

	if (strcmp(word, "true") == 0 || strcmp(word, "false") == 0) {
		ret->kind = CONFIG_BOOL;
		ret->boolean = *word == 't';
	} else if (digits) {
		if (number_parse(digits, INT64_MAX, &number, NULL) < 0)
			return toml_text_error(text, err, "the number '%s' is too large", word);
		ret->kind = CONFIG_INTEGER;
		ret->integer = *word == '-' ? -(int64_t)number : (int64_t)number;
	} else {
		return refuse_word(reader, word, err);
	}
	text->at += len;
	return 0;
}

static int read_value(struct reader *reader, struct config_node *ret, struct error *err)
{
	struct toml_text *text = &reader->text;
	autostr struct str string = STR_INIT;

	skip_blanks(text);
	*ret = new_node(text, CONFIG_NULL, ORIGIN_VALUE);
	if (count_node(reader, err) < 0)
		return -1;
	if (*text->at == '[' || *text->at == '{')
		return read_container(reader, ret, err);
	if (*text->at != '"' && *text->at != '\'')
		return read_word(reader, ret, err);
	if (toml_read_string(text, &string, err) < 0)
		return -1;
	ret->kind = CONFIG_STRING;
	ret->text = str_steal(&string);
	return 0;
}

static int compare_members(const void *a_, const void *b_)
{
	const struct config_node *const *a = a_;
	const struct config_node *const *b = b_;
	int order = strcmp((*a)->key, (*b)->key);

	return order ? order : ((*a)->line > (*b)->line) - ((*a)->line < (*b)->line);
}

static int check_same_keys(const struct config_node *before, const struct config_node *member,
			   struct error *err)
{
	return strcmp(before->key, member->key) == 0
		       ? config_node_error(member, err, "it is there already, in line %u",
					   before->line)
		       : 0;
}

/* Few keys are compared each with each: that is what a file with thousands of tables has. */
static int check_few_keys(const struct config_node *table, struct error *err)
{
	for (size_t i = 1; i < table->n_children; i++)
		for (size_t j = 0; j < i; j++)
			if (check_same_keys(&table->children[j], &table->children[i], err) < 0)
				return -1;
	return 0;
}

static int check_keys(const struct config_node *table, struct error *err)
{
	autofree const struct config_node **members = NULL;

	if (table->n_children <= KEYS_FEW)
		return check_few_keys(table, err);
	members = xcalloc(table->n_children, sizeof(const void *));
	for (size_t i = 0; i < table->n_children; i++)
		members[i] = &table->children[i];
	qsort(members, table->n_children, sizeof(const void *), compare_members);
	for (size_t i = 1; i < table->n_children; i++)
		if (check_same_keys(members[i - 1], members[i], err) < 0)
			return -1;
	return 0;
}

/* All has been read: no key may stand twice, and the notes about origins are erased. */
static int finish_node(struct config_node *node, struct error *err)
{
	if (node->kind != CONFIG_TABLE && node->kind != CONFIG_ARRAY)
		return 0;
	node->integer = 0;
	if (node->kind == CONFIG_TABLE && check_keys(node, err) < 0)
		return -1;
	for (size_t i = 0; i < node->n_children; i++)
		if (finish_node(&node->children[i], err) < 0)
			return -1;
	return 0;
}

static int read_statements(struct reader *reader, struct config_node *root, struct error *err)
{
	struct toml_text *text = &reader->text;
	struct config_node *table = root;

	for (skip_lines(text); *text->at; skip_lines(text)) {
		if (*text->at == '[') {
			if (read_header(reader, root, &table, err) < 0)
				return -1;
		} else if (read_pair(reader, table, err) < 0 || expect_end_of_line(text, err) < 0) {
			return -1;
		}
	}
	return finish_node(root, err);
}

int toml_read(const char *text, size_t len, const char *file, struct config_node *ret,
	      struct error *err)
{
	autofree char *copy = xstrndup(text, len);
	struct reader reader = { .text = { .at = copy, .line = 1, .file = file } };
	autoconfignode struct config_node root =
		new_node(&reader.text, CONFIG_TABLE, ORIGIN_HEADER);

	if (len > TOML_SIZE_MAX)
		return toml_text_error(&reader.text, err, "the file is larger than %u bytes",
				       TOML_SIZE_MAX);
	if (toml_text_check(&reader.text, text, len, err) < 0 ||
	    read_statements(&reader, &root, err) < 0)
		return -1;
	*ret = root;
	root = (struct config_node)CONFIG_NODE_INIT;
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/dockerfile_word.h"

#include "base/alloc.h"
#include "format/json.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define SUBSTITUTIONS_MAX 32 /* within each other */

static bool is_blank(char c)
{
	return c && strchr(DOCKERFILE_BLANKS, c);
}

/* The end of the word that begins at text: the blank behind it, or the end of the text. */
static const char *word_end(const char *text, char escape)
{
	char quote = '\0';

	for (; *text && (quote || !is_blank(*text)); text++) {
		if (*text == escape && quote != '\'') {
			if (!text[1])
				return text + 1;
			text++;
		} else if (quote) {
			quote = *text == quote ? '\0' : quote;
		} else if (*text == '\'' || *text == '"') {
			quote = *text;
		}
	}
	return text;
}

void dockerfile_split(const char *text, char escape, struct strlist *ret)
{
	for (;;) {
		const char *end;

		text += strspn(text, DOCKERFILE_BLANKS);
		if (!*text)
			return;
		end = word_end(text, escape);
		strlist_take(ret, xstrndup(text, (size_t)(end - text)));
		text = end;
	}
}

/* A word on its way to what it means. */
struct expansion {
	const struct dockerfile_syntax *syntax;
	const char *at; /* what is still to be read */
	unsigned depth; /* substitutions that are open */
	struct error *err;
};

static int expand_until(struct expansion *expansion, char stop, struct str *out);

static int append_value(struct expansion *expansion, const char *value, size_t len, struct str *out)
{
	if (out->len + len > DOCKERFILE_WORD_MAX)
		return error_set(expansion->err, ERROR_USAGE, "larger than %u bytes",
				 DOCKERFILE_WORD_MAX);
	str_append_bytes(out, value, len);
	return 0;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_name_character(char c)
{
	return is_digit(c) || c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The length of the variable's name at text. Those that only a shell has ($1, $@, $$) are names too, and never
 * set. */
static size_t name_length(const char *text)
{
	size_t len = 0;

	if (is_digit(*text)) {
		while (is_digit(text[len]))
			len++;
		return len;
	}
	if (*text && strchr("@*#?-$!", *text))
		return 1;
	while (is_name_character(text[len]))
		len++;
	return len;
}

#define PATTERN_MAX 1024 /* bytes: the cost is the product of both lengths */

/* Which beginnings of text (or ends, from the last byte on) fit a pattern, in which * is any text and ? any byte:
 * new, of len + 1 answers by length. */
static bool *find_fitting(const struct str *pattern, const char *text, size_t len, bool from_end)
{
	bool *fits = xcalloc(len + 1, sizeof(*fits));

	fits[0] = true;
	for (size_t i = 0; i < pattern->len; i++) {
		char c = pattern->data[from_end ? pattern->len - 1 - i : i];

		for (size_t n = 1; c == '*' && n <= len; n++)
			fits[n] = fits[n] || fits[n - 1];
		for (size_t n = len; c != '*' && n > 0; n--)
			fits[n] =
				fits[n - 1] && (c == '?' || text[from_end ? len - n : n - 1] == c);
		fits[0] = fits[0] && c == '*';
	}
	return fits;
}

/* ${NAME#PATTERN}, ${NAME%PATTERN}: word begins with the character once more where the longest is meant. */
static int append_trimmed(struct expansion *expansion, char kind, const struct str *word,
			  const char *value, struct str *out)
{
	bool longest = word->data[0] == kind;
	const struct str pattern = { word->data + longest, word->len - longest, 0 };
	size_t len = strlen(value);
	autofree bool *fits = NULL;
	size_t cut = 0;

	if (pattern.len > PATTERN_MAX)
		return error_set(expansion->err, ERROR_USAGE, "a pattern larger than %d bytes",
				 PATTERN_MAX);
	fits = find_fitting(&pattern, value, len, kind == '%');
	for (size_t n = 0; n <= len; n++) {
		if (!fits[n])
			continue;
		cut = n;
		if (!longest)
			break;
	}
	return append_value(expansion, kind == '#' ? value + cut : value, len - cut, out);
}

static int no_substitution(struct expansion *expansion, const char *what, size_t len)
{
	return error_set(expansion->err, ERROR_USAGE, "there is no substitution '${%.*s...}'",
			 (int)(len < 200 ? len : 200), what);
}

static int missing_value(struct expansion *expansion, const char *name, size_t len,
			 const struct str *word, bool is_set)
{
	const char *text = word->len ? word->data : is_set ? "is empty" : "is not set";

	return error_set(expansion->err, ERROR_USAGE, "variable '%.*s': %s", (int)len, name, text);
}

/* Behind "${NAME": the modifier, its word, and the brace. */
static int expand_modified(struct expansion *expansion, const char *name, size_t len,
			   const char *value, struct str *out)
{
	bool empty_is_unset = *expansion->at == ':';
	autostr struct str word = STR_INIT;
	bool counts;
	char kind;

	expansion->at += empty_is_unset;
	kind = *expansion->at;
	if (!kind)
		return error_set(expansion->err, ERROR_USAGE, "missing '}'");
	if (!strchr(empty_is_unset ? "-+?" : "-+?#%", kind))
		return no_substitution(expansion, name, (size_t)(expansion->at + 1 - name));
	expansion->at++;
	if (expand_until(expansion, '}', &word) < 0)
		return -1;
	counts = value && (*value || !empty_is_unset);
	switch (kind) {
	case '-':
		return counts ? append_value(expansion, value, strlen(value), out)
			      : append_value(expansion, word.data, word.len, out);
	case '+':
		return counts ? append_value(expansion, word.data, word.len, out) : 0;
	case '?':
		return counts ? append_value(expansion, value, strlen(value), out)
			      : missing_value(expansion, name, len, &word, value != NULL);
	default:
		return append_trimmed(expansion, kind, &word, value ? value : "", out);
	}
}

/* Behind "${". */
static int expand_braces(struct expansion *expansion, struct str *out)
{
	const struct dockerfile_syntax *syntax = expansion->syntax;
	const char *name = expansion->at;
	size_t len = name_length(name);
	const char *value;
	int result;

	if (!len)
		return *name ? no_substitution(expansion, name, 1)
			     : error_set(expansion->err, ERROR_USAGE, "missing '}'");
	if (expansion->depth == SUBSTITUTIONS_MAX)
		return error_set(expansion->err, ERROR_USAGE,
				 "more than %d substitutions within each other", SUBSTITUTIONS_MAX);
	value = syntax->get(syntax->data, name, len);
	expansion->at += len;
	if (*expansion->at == '}') {
		expansion->at++;
		return value ? append_value(expansion, value, strlen(value), out) : 0;
	}
	expansion->depth++;
	result = expand_modified(expansion, name, len, value, out);
	expansion->depth--;
	return result;
}

/* Behind "$". One without a name is a dollar. */
static int expand_dollar(struct expansion *expansion, struct str *out)
{
	const struct dockerfile_syntax *syntax = expansion->syntax;
	const char *name = expansion->at;
	const char *value;
	size_t len;

	if (*name == '{') {
		expansion->at++;
		return expand_braces(expansion, out);
	}
	len = name_length(name);
	if (!len)
		return append_value(expansion, "$", 1, out);
	expansion->at += len;
	value = syntax->get(syntax->data, name, len);
	return value ? append_value(expansion, value, strlen(value), out) : 0;
}

static int expand_single_quotes(struct expansion *expansion, struct str *out)
{
	const char *end = strchr(expansion->at, '\'');
	const char *begin = expansion->at;

	if (!end)
		return error_set(expansion->err, ERROR_USAGE, "missing \"'\"");
	expansion->at = end + 1;
	return append_value(expansion, begin, (size_t)(end - begin), out);
}

static int expand_double_quotes(struct expansion *expansion, struct str *out)
{
	char escape = expansion->syntax->escape;

	while (*expansion->at && *expansion->at != '"') {
		char c = *expansion->at++;
		char next = *expansion->at;

		if (c == '$') {
			if (expand_dollar(expansion, out) < 0)
				return -1;
			continue;
		}
		if (c == escape && (next == '"' || next == '$' || next == escape))
			c = *expansion->at++;
		if (append_value(expansion, &c, 1, out) < 0)
			return -1;
	}
	if (!*expansion->at)
		return error_set(expansion->err, ERROR_USAGE, "missing '\"'");
	expansion->at++;
	return 0;
}

static int expand_one(struct expansion *expansion, struct str *out)
{
	char c = *expansion->at++;

	if (c == '\'')
		return expand_single_quotes(expansion, out);
	if (c == '"')
		return expand_double_quotes(expansion, out);
	if (c == '$')
		return expand_dollar(expansion, out);
	/* One at the end of the word is nothing. */
	if (c == expansion->syntax->escape) {
		if (!*expansion->at)
			return 0;
		c = *expansion->at++;
	}
	return append_value(expansion, &c, 1, out);
}

/* Expand up to stop, which is passed over, or up to the end of the word (stop is NUL). */
static int expand_until(struct expansion *expansion, char stop, struct str *out)
{
	while (*expansion->at && *expansion->at != stop)
		if (expand_one(expansion, out) < 0)
			return -1;
	if (!stop)
		return 0;
	if (!*expansion->at)
		return error_set(expansion->err, ERROR_USAGE, "missing '%c'", stop);
	expansion->at++;
	return 0;
}

char *dockerfile_expand(const char *word, const struct dockerfile_syntax *syntax, struct error *err)
{
	struct expansion expansion = { syntax, word, 0, err };
	autostr struct str out = STR_INIT;

	if (expand_until(&expansion, '\0', &out) < 0) {
		error_prefix(err, "'%.200s'", word);
		return NULL;
	}
	return str_steal(&out);
}

static int append_pair(const char *name, const char *value, const struct dockerfile_syntax *syntax,
		       struct strlist *ret, struct error *err)
{
	autofree char *expanded_name = dockerfile_expand(name, syntax, err);
	autofree char *expanded_value =
		expanded_name ? dockerfile_expand(value, syntax, err) : NULL;

	if (!expanded_value)
		return -1;
	if (!*expanded_name)
		return error_set(err, ERROR_USAGE, "'%.200s=%.200s' has no name", name, value);
	strlist_take(ret, steal(&expanded_name));
	strlist_take(ret, steal(&expanded_value));
	return 0;
}

/* "NAME VALUE", where the value is all the rest. */
static int append_single_pair(const char *text, const struct dockerfile_syntax *syntax,
			      struct strlist *ret, struct error *err)
{
	size_t len = strcspn(text, DOCKERFILE_BLANKS);
	const char *value = text + len + strspn(text + len, DOCKERFILE_BLANKS);
	autofree char *name = xstrndup(text, len);

	if (!*value) {
		error_set(err, ERROR_USAGE, "'%.200s' has no value", name);
		return error_hint(err, "write NAME=VALUE");
	}
	return append_pair(name, value, syntax, ret, err);
}

int dockerfile_read_pairs(const char *text, const struct dockerfile_syntax *syntax,
			  struct strlist *ret, struct error *err)
{
	autostrlist struct strlist words = STRLIST_INIT;

	text += strspn(text, DOCKERFILE_BLANKS);
	dockerfile_split(text, syntax->escape, &words);
	if (!words.len)
		return error_set(err, ERROR_USAGE, "expected NAME=VALUE, got nothing");
	if (!strchr(words.items[0], '='))
		return append_single_pair(text, syntax, ret, err);
	for (size_t i = 0; i < words.len; i++) {
		char *equals = strchr(words.items[i], '=');

		if (!equals)
			return error_set(err, ERROR_USAGE, "expected NAME=VALUE, got '%.200s'",
					 words.items[i]);
		*equals = '\0';
		if (append_pair(words.items[i], equals + 1, syntax, ret, err) < 0)
			return -1;
	}
	return 0;
}

int dockerfile_read_array(const char *text, struct strlist *ret, struct error *err)
{
	autojson json_t *array = NULL;

	text += strspn(text, DOCKERFILE_BLANKS);
	if (*text != '[')
		return 0;
	array = json_parse(text, strlen(text), "array", NULL);
	if (!json_is_array(array))
		return 0;
	for (size_t i = 0; i < json_array_size(array); i++) {
		const char *item = json_text(json_array_get(array, i));

		if (!item)
			return error_set(err, ERROR_USAGE, "a JSON array may hold strings alone");
		strlist_append(ret, item);
	}
	return 1;
}

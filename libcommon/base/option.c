/* SPDX-License-Identifier: Apache-2.0 */
#include "base/option.h"

#include "base/alloc.h"
#include "base/nearest.h"
#include "base/number.h"

#include <string.h>

enum {
	HELP_WIDTH = 79, /* columns of --help: the last one of a terminal stays empty */
	HELP_COLUMN = 30, /* where the words on an option begin */
};

static bool option_is_called(const struct option *o, const char *name, char letter)
{
	return name ? strcmp(o->name, name) == 0 : o->letter && o->letter == letter;
}

const struct option *option_find(const struct option *table, const char *name, char letter,
				 size_t *ret_offset)
{
	for (const struct option *o = table; o->kind != OPTION_END_OF_TABLE; o++) {
		const struct option *found = NULL;
		size_t offset = 0;

		if (o->kind == OPTION_INCLUDED_TABLE)
			found = option_find(o->included, name, letter, &offset);
		else if (option_is_called(o, name, letter))
			found = o;
		if (!found)
			continue;
		if (ret_offset)
			*ret_offset = o->offset + offset;
		return found;
	}
	return NULL;
}

void option_release(const struct option *table, void *opts)
{
	for (const struct option *o = table; o->kind != OPTION_END_OF_TABLE; o++) {
		void *field = (char *)opts + o->offset;

		if (o->kind == OPTION_INCLUDED_TABLE)
			option_release(o->included, field);
		else if (o->kind == OPTION_LIST)
			strlist_release(field);
	}
}

/* Booleans take none, and a switch has its value behind '='. */
static bool takes_argument(const struct option *option)
{
	return option->kind != OPTION_BOOL && option->kind != OPTION_TRISTATE &&
	       option->kind != OPTION_SWITCH;
}

static int set_bool(const struct option *o, bool *field, const char *value, struct error *err)
{
	if (!value || strcmp(value, "true") == 0)
		*field = true;
	else if (strcmp(value, "false") == 0)
		*field = false;
	else
		return error_set(err, ERROR_USAGE, "option --%s: expected true or false, got '%s'",
				 o->name, value);
	return 0;
}

static int set_choice(const struct option *o, int *field, const char *value, struct error *err)
{
	struct nearest nearest = nearest_to(value);
	autostr struct str names = STR_INIT;

	for (int i = 0; o->choices[i]; i++) {
		if (strcmp(o->choices[i], value) == 0) {
			*field = i;
			return 0;
		}
		nearest_offer(&nearest, o->choices[i]);
		str_appendf(&names, "%s%s", i ? ", " : "", o->choices[i]);
	}
	error_set(err, ERROR_USAGE, "option --%s: expected one of %s, got '%s'", o->name,
		  names.data, value);
	return nearest_hint(&nearest, "", err);
}

static int set_amount(const struct option *o, struct option_amount *field, const char *value,
		      struct error *err)
{
	uint64_t amount;

	if ((o->kind == OPTION_SIZE ? number_parse_size(value, INT64_MAX, &amount, err)
				    : number_parse_duration(value, &amount, err)) < 0)
		return error_prefix(err, "option --%s", o->name);
	*field = (struct option_amount) { true, amount };
	return 0;
}

/* value is NULL for a boolean without one. */
static int set_field(const struct option *o, void *field, const char *value, struct error *err)
{
	switch (o->kind) {
	case OPTION_BOOL:
		return set_bool(o, field, value, err);
	case OPTION_TRISTATE: {
		bool value_is_true;

		if (set_bool(o, &value_is_true, value, err) < 0)
			return -1;
		*(enum option_state *)field = value_is_true ? OPTION_TRUE : OPTION_FALSE;
		return 0;
	}
	case OPTION_STRING:
		*(const char **)field = value;
		return 0;
	case OPTION_LIST:
		strlist_append(field, value);
		return 0;
	case OPTION_NUMBER:
		if (number_parse(value, UINT64_MAX, field, err) < 0)
			return error_prefix(err, "option --%s", o->name);
		return 0;
	case OPTION_SIZE:
	case OPTION_DURATION:
		return set_amount(o, field, value, err);
	case OPTION_CHOICE:
		return set_choice(o, field, value, err);
	case OPTION_SWITCH:
		return set_choice(o, field, value ? value : "true", err);
	case OPTION_INCLUDED_TABLE:
	case OPTION_END_OF_TABLE:
		break;
	}
	return error_set(err, ERROR_FAILED, "option --%s has no kind", o->name);
}

struct parser {
	const struct option_target *targets;
	size_t n_targets;
	enum option_style style;
	char *const *next; /* the argument behind the present one */
};

/* ret_field is NULL where the value is not wanted. */
static const struct option *find_option(const struct parser *p, const char *name, char letter,
					void **ret_field)
{
	for (size_t i = 0; i < p->n_targets; i++) {
		size_t offset;
		const struct option *o = option_find(p->targets[i].table, name, letter, &offset);

		if (o) {
			void *opts = p->targets[i].opts;

			*ret_field = opts ? (char *)opts + offset : NULL;
			return o;
		}
	}
	return NULL;
}

static void offer_names(struct nearest *nearest, const struct option *table)
{
	for (const struct option *o = table; o->kind != OPTION_END_OF_TABLE; o++) {
		if (o->kind == OPTION_INCLUDED_TABLE)
			offer_names(nearest, o->included);
		else
			nearest_offer(nearest, o->name);
	}
}

/* The hint is the option whose name is near to name. */
static int hint_at_option(const struct parser *p, const char *name, struct error *err)
{
	struct nearest nearest = nearest_to(name);

	for (size_t i = 0; i < p->n_targets; i++)
		if (!p->targets[i].hidden)
			offer_names(&nearest, p->targets[i].table);
	return nearest_hint(&nearest, "--", err);
}

static int parse_long(struct parser *p, const char *arg, struct error *err)
{
	const char *equals = strchr(arg, '=');
	autofree char *name = equals ? xstrndup(arg, (size_t)(equals - arg)) : xstrdup(arg);
	void *field;
	const struct option *o = find_option(p, name, 0, &field);
	const char *value = equals ? equals + 1 : NULL;

	if (!o) {
		error_set(err, ERROR_USAGE, "unknown option '--%s'", name);
		return hint_at_option(p, name, err);
	}
	if (!value && takes_argument(o)) {
		if (!*p->next)
			return error_set(err, ERROR_USAGE, "option --%s needs a value (%s)", name,
					 o->argument);
		value = *p->next++;
	}
	return field ? set_field(o, field, value, err) : 0;
}

/* The value of the option whose letter stands ahead of rest: what is left of the word, or the next word.
 * NULL where it has none, and the rest are letters. */
static int take_letter_value(struct parser *p, const struct option *o, const char *rest,
			     const char **ret_value, struct error *err)
{
	*ret_value = NULL;
	if (p->style == OPTION_RUNTIME && *rest == '=')
		*ret_value = rest + 1;
	else if (takes_argument(o) && *rest)
		*ret_value = rest;
	else if (takes_argument(o) && !*p->next)
		return error_set(err, ERROR_USAGE, "option -%c needs a value (%s)", o->letter,
				 o->argument);
	else if (takes_argument(o))
		*ret_value = *p->next++;
	return 0;
}

static int parse_letters(struct parser *p, const char *letters, struct error *err)
{
	const char *word = letters;
	const char *value = NULL;

	while (*letters && !value) {
		void *field;
		const struct option *o = find_option(p, NULL, *letters, &field);

		if (!o) {
			error_set(err, ERROR_USAGE, "unknown option '-%c'", *letters);
			/* A long name with one dash: -name. */
			return word[1] ? hint_at_option(p, word, err) : -1;
		}
		letters++;
		if (take_letter_value(p, o, letters, &value, err) < 0 ||
		    (field && set_field(o, field, value, err) < 0))
			return -1;
	}
	return 0;
}

/* Is each character the letter of an option, and does none but the last take an argument? */
static bool is_bundle(const struct parser *p, const char *letters)
{
	for (; *letters; letters++) {
		void *field;
		const struct option *o = find_option(p, NULL, *letters, &field);

		if (!o || (takes_argument(o) && letters[1]))
			return false;
	}
	return true;
}

/* Is a word behind one dash the name of an option, with or without "=VALUE", and no bundle? */
static bool is_name(const struct parser *p, const char *word)
{
	autofree char *name = xstrndup(word, strcspn(word, "="));
	void *field;

	return name[0] && name[1] && !is_bundle(p, word) && find_option(p, name, 0, &field);
}

/* The option that stands next, with its value. */
static int parse_option(struct parser *p, struct error *err)
{
	const char *arg = *p->next++;

	if (arg[1] == '-')
		return parse_long(p, arg + 2, err);
	if (p->style == OPTION_RUNTIME && is_name(p, arg + 1))
		return parse_long(p, arg + 1, err);
	return parse_letters(p, arg + 1, err);
}

/* "-" is an operand. */
static bool is_operand(const char *arg)
{
	return arg[0] != '-' || !arg[1];
}

/* Parse all words. A mistake ends that, or is left out where it is not wanted (is_lenient). */
static int parse_words(struct parser *p, enum option_order order, bool is_lenient,
		       struct strlist *ret_operands, struct error *err)
{
	while (*p->next) {
		if (strcmp(*p->next, "--") == 0) {
			p->next++;
			break;
		}
		if (is_operand(*p->next)) {
			if (order == OPTION_OPERANDS_LAST ||
			    (order == OPTION_SECOND_LAST && ret_operands->len))
				break;
			strlist_append(ret_operands, *p->next++);
		} else if (parse_option(p, err) < 0 && !is_lenient) {
			return -1;
		}
	}
	while (*p->next)
		strlist_append(ret_operands, *p->next++);
	return 0;
}

static struct parser begin_parsing(const struct option_target *targets, size_t n_targets,
				   enum option_style style, char *const *argv)
{
	return (struct parser) { targets, n_targets, style, argv[0] ? argv + 1 : argv };
}

int option_parse(const struct option_target *targets, size_t n_targets,
		 const struct option_grammar *grammar, char *const *argv,
		 struct strlist *ret_operands, struct error *err)
{
	struct parser p = begin_parsing(targets, n_targets, grammar->style, argv);

	return parse_words(&p, grammar->order, false, ret_operands, err);
}

void option_parse_known(const struct option_target *targets, size_t n_targets,
			const struct option_grammar *grammar, char *const *argv)
{
	struct parser p = begin_parsing(targets, n_targets, grammar->style, argv);
	autostrlist struct strlist operands = STRLIST_INIT;

	parse_words(&p, grammar->order, true, &operands, NULL);
}

int option_skip(const struct option_target *targets, size_t n_targets, enum option_style style,
		char *const *argv, size_t *ret_index, struct error *err)
{
	struct parser p = begin_parsing(targets, n_targets, style, argv);

	while (*p.next && !is_operand(*p.next) && strcmp(*p.next, "--") != 0)
		if (parse_option(&p, err) < 0)
			return -1;
	*ret_index = (size_t)(p.next - argv);
	return 0;
}

void option_wrap(struct str *out, size_t column, size_t indent, const char *text)
{
	const char *gap = "";

	while (*text) {
		size_t length = strcspn(text, " ");

		if (*gap && column + 1 + length > HELP_WIDTH) {
			str_appendf(out, "\n%*s", (int)indent, "");
			column = indent;
			gap = "";
		}
		str_appendf(out, "%s%.*s", gap, (int)length, text);
		column += strlen(gap) + length;
		text += length + strspn(text + length, " ");
		gap = " ";
	}
	str_append_char(out, '\n');
}

/* The lines of --help for one option, with a line feed behind each. */
static void append_help(struct str *out, const struct option *o)
{
	autostr struct str left = STR_INIT;

	if (o->letter)
		str_appendf(&left, "  -%c, --%s", o->letter, o->name);
	else
		str_appendf(&left, "      --%s", o->name);
	if (o->argument)
		str_appendf(&left, o->kind == OPTION_SWITCH ? "[=%s]" : " %s", o->argument);
	if (left.len > HELP_COLUMN - 2)
		str_appendf(out, "%s\n%*s", left.data, HELP_COLUMN, "");
	else
		str_appendf(out, "%-*s", HELP_COLUMN, left.data);
	option_wrap(out, HELP_COLUMN, HELP_COLUMN, o->help);
}

void option_print_help(FILE *out, const struct option *table)
{
	for (const struct option *o = table; o->kind != OPTION_END_OF_TABLE; o++) {
		autostr struct str lines = STR_INIT;

		if (o->kind == OPTION_INCLUDED_TABLE) {
			option_print_help(out, o->included);
			continue;
		}
		append_help(&lines, o);
		fputs(lines.data, out);
	}
}

/* The lines of --help in one field: "\n" stands between them. */
static void print_help_field(FILE *out, const struct option *o)
{
	autostr struct str lines = STR_INIT;

	append_help(&lines, o);
	for (size_t i = 0; i + 1 < lines.len; i++) {
		if (lines.data[i] == '\n')
			fputs("\\n", out);
		else
			fputc(lines.data[i], out);
	}
}

static void print_row(FILE *out, const char *prefix, const struct option *o)
{
	static const char *const kinds[] = {
		[OPTION_BOOL] = "bool",      [OPTION_TRISTATE] = "bool", [OPTION_STRING] = "value",
		[OPTION_LIST] = "list",      [OPTION_NUMBER] = "value",  [OPTION_SIZE] = "value",
		[OPTION_DURATION] = "value", [OPTION_CHOICE] = "choice", [OPTION_SWITCH] = "switch",
	};
	char letter[] = { '-', o->letter, '\0' };

	fprintf(out, "%s\t--%s\t%s\t%s\t%s\t", prefix, o->name, letter,
		o->argument ? o->argument : "-", kinds[o->kind]);
	for (int i = 0; o->choices && o->choices[i]; i++)
		fprintf(out, "%s%s", i ? "|" : "", o->choices[i]);
	fprintf(out, "%s\t%s\t", o->choices ? "" : "-", o->help);
	print_help_field(out, o);
	fputc('\n', out);
}

void option_print_table(FILE *out, const char *prefix, const struct option *table)
{
	for (const struct option *o = table; o->kind != OPTION_END_OF_TABLE; o++) {
		if (o->kind == OPTION_INCLUDED_TABLE)
			option_print_table(out, prefix, o->included);
		else
			print_row(out, prefix, o);
	}
}

int option_check_range(const char *option, uint64_t value, uint64_t min, uint64_t max,
		       struct error *err)
{
	if (value >= min && value <= max)
		return 0;
	return error_set(err, ERROR_USAGE,
			 "option --%s: expected a number from %llu to %llu, got %llu", option,
			 (unsigned long long)min, (unsigned long long)max,
			 (unsigned long long)value);
}

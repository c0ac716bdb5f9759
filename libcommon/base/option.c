/* SPDX-License-Identifier: Apache-2.0 */
#include "base/option.h"

#include "base/alloc.h"
#include "base/number.h"

#include <string.h>

enum {
	HELP_WIDTH = 79, /* columns of --help: the last one of a terminal stays empty */
	HELP_COLUMN = 30, /* where the words on an option begin */
};

const struct option *option_find(const struct option *table, const char *name, char letter)
{
	for (const struct option *o = table; o->kind != OPTION_END_OF_TABLE; o++) {
		if (name ? strcmp(o->name, name) == 0 : o->letter && o->letter == letter)
			return o;
	}
	return NULL;
}

bool option_takes_argument(const struct option *option)
{
	return option->kind != OPTION_BOOL && option->kind != OPTION_TRISTATE;
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
	autostr struct str names = STR_INIT;

	for (int i = 0; o->choices[i]; i++) {
		if (strcmp(o->choices[i], value) == 0) {
			*field = i;
			return 0;
		}
		str_appendf(&names, "%s%s", i ? ", " : "", o->choices[i]);
	}
	return error_set(err, ERROR_USAGE, "option --%s: expected one of %s, got '%s'", o->name,
			 names.data, value);
}

/* value is NULL for a boolean without one. */
static int set_field(const struct option *o, void *opts, const char *value, struct error *err)
{
	void *field = (char *)opts + o->offset;

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
		if (number_parse_size(value, INT64_MAX, field, err) < 0)
			return error_prefix(err, "option --%s", o->name);
		return 0;
	case OPTION_CHOICE:
		return set_choice(o, field, value, err);
	case OPTION_END_OF_TABLE:
		break;
	}
	return error_set(err, ERROR_FAILED, "option --%s has no kind", o->name);
}

struct parser {
	const struct option_target *targets;
	size_t n_targets;
	char *const *next; /* the argument behind the present one */
};

static const struct option *find(const struct parser *p, const char *name, char letter,
				 void **ret_opts)
{
	for (size_t i = 0; i < p->n_targets; i++) {
		const struct option *o = option_find(p->targets[i].table, name, letter);

		if (o) {
			*ret_opts = p->targets[i].opts;
			return o;
		}
	}
	return NULL;
}

static int parse_long(struct parser *p, const char *arg, struct error *err)
{
	const char *equals = strchr(arg, '=');
	autofree char *name = equals ? xstrndup(arg, (size_t)(equals - arg)) : xstrdup(arg);
	void *opts;
	const struct option *o = find(p, name, 0, &opts);
	const char *value = equals ? equals + 1 : NULL;

	if (!o)
		return error_set(err, ERROR_USAGE, "unknown option '--%s'", name);
	if (!value && option_takes_argument(o)) {
		if (!*p->next)
			return error_set(err, ERROR_USAGE, "option --%s needs a value (%s)", name,
					 o->argument);
		value = *p->next++;
	}
	return set_field(o, opts, value, err);
}

static int parse_letters(struct parser *p, const char *letters, struct error *err)
{
	while (*letters) {
		void *opts;
		const struct option *o = find(p, NULL, *letters, &opts);
		const char *value = NULL;

		if (!o)
			return error_set(err, ERROR_USAGE, "unknown option '-%c'", *letters);
		letters++;
		if (option_takes_argument(o)) {
			value = *letters ? letters : *p->next;
			if (!value)
				return error_set(err, ERROR_USAGE, "option -%c needs a value (%s)",
						 o->letter, o->argument);
			if (!*letters)
				p->next++;
			letters = "";
		}
		if (set_field(o, opts, value, err) < 0)
			return -1;
	}
	return 0;
}

int option_parse(const struct option_target *targets, size_t n_targets, enum option_order order,
		 char *const *argv, struct strlist *ret_operands, struct error *err)
{
	struct parser p = { targets, n_targets, argv[0] ? argv + 1 : argv };

	while (*p.next) {
		const char *arg = *p.next++;

		if (strcmp(arg, "--") == 0)
			break;
		if (arg[0] != '-' || !arg[1]) {
			strlist_append(ret_operands, arg);
			if (order == OPTION_OPERANDS_LAST)
				break;
			continue;
		}
		if ((arg[1] == '-' ? parse_long(&p, arg + 2, err)
				   : parse_letters(&p, arg + 1, err)) < 0)
			return -1;
	}
	while (*p.next)
		strlist_append(ret_operands, *p.next++);
	return 0;
}

void option_print_wrapped(FILE *out, size_t column, size_t indent, const char *text)
{
	const char *gap = "";

	while (*text) {
		size_t length = strcspn(text, " ");

		if (*gap && column + 1 + length > HELP_WIDTH) {
			fprintf(out, "\n%*s", (int)indent, "");
			column = indent;
			gap = "";
		}
		fprintf(out, "%s%.*s", gap, (int)length, text);
		column += strlen(gap) + length;
		text += length + strspn(text + length, " ");
		gap = " ";
	}
	fputc('\n', out);
}

void option_print_help(FILE *out, const struct option *table)
{
	for (const struct option *o = table; o->kind != OPTION_END_OF_TABLE; o++) {
		autostr struct str left = STR_INIT;

		if (o->letter)
			str_appendf(&left, "  -%c, --%s", o->letter, o->name);
		else
			str_appendf(&left, "      --%s", o->name);
		if (o->argument)
			str_appendf(&left, " %s", o->argument);
		if (left.len > HELP_COLUMN - 2)
			fprintf(out, "%s\n%*s", left.data, HELP_COLUMN, "");
		else
			fprintf(out, "%-*s", HELP_COLUMN, left.data);
		option_print_wrapped(out, HELP_COLUMN, HELP_COLUMN, o->help);
	}
}

void option_print_table(FILE *out, const char *prefix, const struct option *table)
{
	static const char *const kinds[] = {
		[OPTION_BOOL] = "bool",     [OPTION_TRISTATE] = "bool", [OPTION_STRING] = "value",
		[OPTION_LIST] = "list",     [OPTION_NUMBER] = "value",  [OPTION_SIZE] = "value",
		[OPTION_CHOICE] = "choice",
	};

	for (const struct option *o = table; o->kind != OPTION_END_OF_TABLE; o++) {
		char letter[] = { '-', o->letter, '\0' };

		fprintf(out, "%s\t--%s\t%s\t%s\t%s\t", prefix, o->name, letter,
			o->argument ? o->argument : "-", kinds[o->kind]);
		for (int i = 0; o->choices && o->choices[i]; i++)
			fprintf(out, "%s%s", i ? "|" : "", o->choices[i]);
		fprintf(out, "%s\t%s\n", o->choices ? "" : "-", o->help);
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Command-line options as a table: the parser, --help, the completions, the man pages' lint and
 * the shell front all read the same rows.
 *
 *	struct unpack_opts { const char *bundle; bool update; struct strlist names; };
 *
 *	static const struct option options[] = {
 *		{ "bundle", 'b', "NAME", "name or path of the bundle", OPTION_STRING,
 *		  offsetof(struct unpack_opts, bundle) },
 *		{ "update", 0, NULL, "refresh an existing bundle", OPTION_BOOL,
 *		  offsetof(struct unpack_opts, update) },
 *		OPTION_END
 *	};
 *
 * GNU conventions: --name VALUE, --name=VALUE, -n VALUE, -nVALUE, bundled letters, "--" ends the
 * options, options may follow operands. A boolean also takes --name=true and --name=false. Of a
 * repeated option the last wins, but for lists. An empty value is a value.
 */
#ifndef BASE_OPTION_H
#define BASE_OPTION_H

#include "base/error.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum option_kind {
	OPTION_END_OF_TABLE,
	OPTION_BOOL, /* bool; takes no argument */
	OPTION_TRISTATE, /* enum option_state: a boolean for editors, who must know whether it was
			    stated; takes no argument either */
	OPTION_STRING, /* const char *, borrowed from argv */
	OPTION_LIST, /* struct strlist, one item for each occurrence */
	OPTION_NUMBER, /* uint64_t */
	OPTION_SIZE, /* uint64_t, bytes; accepts suffixes b k m g t */
	OPTION_CHOICE, /* int: index into choices */
};

enum option_state {
	OPTION_UNSTATED,
	OPTION_FALSE,
	OPTION_TRUE,
};

struct option {
	const char *name; /* long name without dashes */
	char letter; /* or 0 */
	const char *argument; /* placeholder for --help ("NAME"); NULL when it takes none */
	const char *help; /* a few words, lower case, no full stop */
	enum option_kind kind;
	size_t offset; /* of the field in the options struct */
	const char *const *choices; /* OPTION_CHOICE: NULL-terminated */
};

#define OPTION_END \
	{ \
		.kind = OPTION_END_OF_TABLE \
	}

enum option_order {
	OPTION_PERMUTE, /* options may stand behind operands */
	OPTION_OPERANDS_LAST, /* the first operand ends the options (ctnr-unshare CMD -x) */
};

/*
 * Parse argv[1..] (argv[0] is skipped) by up to two tables: the tool's own into opts, and the
 * common one into common (may be NULL). Operands are appended to ret_operands (NULL-terminated,
 * copies). Fails with ERROR_USAGE and a message that names the option as it was written.
 */
struct option_target {
	const struct option *table; /* ends with OPTION_END */
	void *opts;
};

int option_parse(const struct option_target *targets, size_t n_targets, enum option_order order,
		 char *const *argv, struct strlist *ret_operands, struct error *err);

/* Does the option take an argument? Booleans do not. */
bool option_takes_argument(const struct option *option);

/* The row of that name (or letter when name is NULL), or NULL. */
const struct option *option_find(const struct option *table, const char *name, char letter);

/* Print the rows for --help: "  -b, --bundle NAME   help". */
void option_print_help(FILE *out, const struct option *table);

/* Print text, whose first word stands at column, and a line feed; lines end before column 80, and
 * those behind the first are indented. */
void option_print_wrapped(FILE *out, size_t column, size_t indent, const char *text);

/* Print the rows for programs, tab-separated: PREFIX, --name, -letter or "-", placeholder or "-",
 * kind (bool, value, list, choice), choices joined with '|' or "-", help. */
void option_print_table(FILE *out, const char *prefix, const struct option *table);

#endif

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
 *
 * A noun owns the rows of its options and the struct that they are parsed into; a tool puts the
 * tables of its nouns together, in the order that --help shows:
 *
 *	struct spec_opts { struct environment_opts environment; bool privileged; };
 *
 *	static const struct option options[] = {
 *		OPTION_INCLUDE(environment_options, offsetof(struct spec_opts, environment)),
 *		{ "privileged", ... },
 *		OPTION_END
 *	};
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
	OPTION_INCLUDED_TABLE, /* no option: the rows of another table stand here */
	OPTION_BOOL, /* bool; takes no argument */
	OPTION_TRISTATE, /* enum option_state: a boolean for editors, who must know whether it was
			    stated; takes no argument either */
	OPTION_STRING, /* const char *, borrowed from argv */
	OPTION_LIST, /* struct strlist, one item for each occurrence */
	OPTION_NUMBER, /* uint64_t */
	OPTION_SIZE, /* struct option_amount, bytes; accepts suffixes b k m g t */
	OPTION_DURATION, /* struct option_amount, seconds: 90s, 1h30m, 7d, or 0 */
	OPTION_CHOICE, /* int: index into choices */
	OPTION_SWITCH, /* int: index into choices, among them "true", which the option means alone; a value
			  stands behind '=' and nowhere else */
};

enum option_state {
	OPTION_UNSTATED,
	OPTION_FALSE,
	OPTION_TRUE,
};

/* A number of which 0 is a value too. */
struct option_amount {
	bool is_stated;
	uint64_t value;
};

struct option {
	const char *name; /* long name without dashes */
	char letter; /* or 0 */
	const char *argument; /* placeholder for --help ("NAME"); NULL when it takes none */
	const char *help; /* a few words, lower case, no full stop */
	enum option_kind kind;
	size_t offset; /* of the field in the options struct */
	const char *const *choices; /* OPTION_CHOICE: NULL-terminated */
	const struct option *included; /* OPTION_INCLUDED_TABLE: ends with OPTION_END */
};

/* The rows of another table, whose options struct lies at that offset in the one of this table. */
#define OPTION_INCLUDE(rows, offset_of_opts) \
	{ \
		.kind = OPTION_INCLUDED_TABLE, .offset = (offset_of_opts), .included = (rows) \
	}

#define OPTION_END \
	{ \
		.kind = OPTION_END_OF_TABLE \
	}

enum option_order {
	OPTION_PERMUTE, /* options may stand behind operands */
	OPTION_SECOND_LAST, /* the second operand ends the options (exec ID CMD -x) */
	OPTION_OPERANDS_LAST, /* the first operand ends the options (ctnr-unshare CMD -x) */
};

enum option_style {
	OPTION_GNU, /* as above */
	/* Also as callers of OCI runtimes write, which follow the flag package of Go: -name, -name VALUE,
	 * -name=VALUE, -n=VALUE. A word of one dash is a bundle of letters where each of them is an
	 * option, and none but the last takes an argument; else the option of that name, where there is
	 * one. */
	OPTION_RUNTIME,
};

/* How a command line is read. */
struct option_grammar {
	enum option_order order;
	enum option_style style;
};

/* A table with the options struct that its values go to. */
struct option_target {
	const struct option *table; /* ends with OPTION_END */
	void *opts; /* NULL: the options are recognised, and their values not stored */
	bool hidden; /* options for programs: no hint names them */
};

/*
 * Parse argv[1..] (argv[0] is skipped); each option is looked up in one table after the other.
 * Operands are appended to ret_operands (NULL-terminated, copies). Fails with ERROR_USAGE and a
 * message that names the option as it was written; the hint is the name or the choice that was
 * probably meant, where one is near (base/nearest.h).
 */
int option_parse(const struct option_target *targets, size_t n_targets,
		 const struct option_grammar *grammar, char *const *argv,
		 struct strlist *ret_operands, struct error *err);

/*
 * The same as far as it goes: a mistake is left out, and what stands behind it read. For options that
 * decide how the mistake itself is told (--log).
 */
void option_parse_known(const struct option_target *targets, size_t n_targets,
			const struct option_grammar *grammar, char *const *argv);

/*
 * Where the options of the tables end that stand at the beginning of argv[1..]: the index of the
 * first word that is neither an option nor the value of one ("-" and "--" are none). Fails with ERROR_USAGE as option_parse() does.
 */
int option_skip(const struct option_target *targets, size_t n_targets, enum option_style style,
		char *const *argv, size_t *ret_index, struct error *err);

/* Is the value of that option within its range? ERROR_USAGE when not. */
int option_check_range(const char *option, uint64_t value, uint64_t min, uint64_t max,
		       struct error *err);

/* Release the lists of an options struct that was parsed into. */
void option_release(const struct option *table, void *opts);

/* The row of that name (or letter when name is NULL), also of an included table, or NULL.
 * ret_offset (may be NULL) is where its field lies in the options struct of table. */
const struct option *option_find(const struct option *table, const char *name, char letter,
				 size_t *ret_offset);

/* Print the rows for --help: "  -b, --bundle NAME   help". */
void option_print_help(FILE *out, const struct option *table);

/* Append text, whose first word stands at column, and a line feed; lines end before column 80, and
 * those behind the first are indented. */
void option_wrap(struct str *out, size_t column, size_t indent, const char *text);

/* Print the rows for programs, tab-separated: PREFIX, --name, -letter or "-", placeholder or "-",
 * kind (bool, switch, value, list, choice), choices joined with '|' or "-", help, and the lines that --help
 * has for the option, with \n between them. */
void option_print_table(FILE *out, const char *prefix, const struct option *table);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every tool does around its work: the common options, --help, --version, the verb, the
 * message of a failure, a checked stdout and the exit status.
 *
 *	static const struct command commands[] = {
 *		{ .synopsis = "[OPTIONS] IMAGE", .summary = "...", .options = options,
 *		  .opts_size = sizeof(struct unpack_opts), .run = unpack },
 *		COMMAND_END
 *	};
 *	static const struct tool tool = { "ctnr-unpack", "make a bundle ...", commands };
 *
 *	int main(int argc, char **argv)
 *	{
 *		return tool_main(&tool, argc, argv);
 *	}
 *
 * Common options of every tool: --help, --version, --log FILE, --log-format text|json. For programs,
 * and in no help text: --dump-options prints the option table ("*" is for the options before a verb),
 * and of a tool without verbs --nearest WORD prints the operand that is nearest to WORD, if one is near
 * (base/nearest.h), and --tell LEVEL writes the first operand as a
 * message of the front, and the second, if there is one, as its hint.
 *
 * CTNR_VERB=VERB in the environment says that the front called the tool for its verb VERB: messages
 * and usage hints then speak of "ctnr VERB", which is what was typed. The variable is taken out of the
 * environment at once, so that no program that the tool executes has it, and decides nothing but that
 * name; what is no verb (words of lower-case letters) is as good as unset.
 *
 * The log is opened ahead of everything else, so that a wrong command line is told there too.
 *
 * Before the verb of a tool with verbs may stand the common options and those of the tool's own
 * table, and no others: the verb is the first word that is neither such an option nor its value.
 * For cmd/ alone: it prints.
 */
#ifndef BASE_TOOL_H
#define BASE_TOOL_H

#include "base/option.h"

struct command {
	const char *name; /* "run", "image ls" (two words); NULL: the tool has no verbs */
	const char *synopsis; /* what follows the name: "[OPTIONS] IMAGE" */
	const char *summary; /* one sentence for --help, capital letter and full stop */
	const struct option *options; /* ends with OPTION_END */
	size_t opts_size;
	const void *defaults; /* opts_size bytes, or NULL for zeros */
	enum option_order order;
	/* opts has been parsed into; its lists are released by the caller. Data goes to stdout as
	 * it is ready. Returns the exit status on success (0, or a container's status), -1 with
	 * err set on failure. */
	int (*run)(const void *opts, const struct strlist *operands, struct error *err);
	/* The status to exit with when run fails: 0: the code. ERROR_RUNTIME: 126 or 127 where that is the
	 * code, else 125 (ctnr-exec run). Anything else: that. */
	int failure_status;
};

#define COMMAND_END \
	{ \
		.run = NULL \
	}

struct tool {
	const char *name; /* "ctnr-unpack" */
	const char *summary; /* man page NAME line: lower case, no full stop */
	const struct command *commands; /* ends with COMMAND_END */
	/* The options that may stand before the verb, ends with OPTION_END; NULL: none. They are
	 * parsed with the verb's own: each verb that knows them includes this table. */
	const struct option *options;
	/* What --version prints: whole lines; NULL: NAME VERSION. */
	const char *version;
	enum option_style style;
	/* With begin, which is called ahead of the command, be that as wrong as it may: what the tool's
	 * own options say, wherever they stand on the command line. opts has opts_size bytes. */
	void (*begin)(const void *opts);
	size_t opts_size;
};

/* Run the tool; returns main's status. */
int tool_main(const struct tool *tool, int argc, char **argv);

/* Behind tool_main(): become another program, a worker that has the same options and reads the same command
 * line. Its messages begin as ours. Returns main's status when it cannot be executed, which is told. */
int tool_become(const char *path, char **argv);

/* For a main that fails before tool_main(): print the error, also to the log of argv, and return the
 * status, that of the command. */
int tool_failed(const struct tool *tool, char **argv, const struct error *err);

#endif

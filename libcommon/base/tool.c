/* SPDX-License-Identifier: Apache-2.0 */
#include "base/tool.h"

#include "base/alloc.h"
#include "base/message.h"
#include "base/nearest.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef CTNR_VERSION
#error "CTNR_VERSION comes from the GNUmakefile"
#endif

#define VERB_VARIABLE "CTNR_VERB"
#define VERB_MAX 40 /* letters */

struct common_opts {
	bool help;
	bool version;
	bool dump_options;
	const char *nearest; /* the word of --nearest, or NULL */
	const char *tell; /* the level of --tell, or NULL */
	const char *log;
	int log_format;
};

static const char *const log_formats[] = { "text", "json", NULL };

static const struct option common_options[] = {
	{ "log", 0, "FILE", "append messages to FILE too", OPTION_STRING,
	  offsetof(struct common_opts, log), NULL },
	{ "log-format", 0, "FORMAT", "format of messages: text or json", OPTION_CHOICE,
	  offsetof(struct common_opts, log_format), log_formats },
	{ "help", 'h', NULL, "print this help and exit", OPTION_BOOL,
	  offsetof(struct common_opts, help), NULL },
	{ "version", 0, NULL, "print the version and exit", OPTION_BOOL,
	  offsetof(struct common_opts, version), NULL },
	OPTION_END,
};

/* For programs; not part of any help text or man page. */
static const struct option hidden_options[] = {
	{ "dump-options", 0, NULL, "print the option table", OPTION_BOOL,
	  offsetof(struct common_opts, dump_options), NULL },
	{ "nearest", 0, "WORD", "print the operand that is nearest to WORD", OPTION_STRING,
	  offsetof(struct common_opts, nearest), NULL },
	{ "tell", 0, "LEVEL", "write the operands as a message of the front", OPTION_STRING,
	  offsetof(struct common_opts, tell), NULL },
	OPTION_END,
};

static const struct option no_options[] = { OPTION_END };

/* The options of the tool that may stand before the verb, beside the common ones. */
static const struct option *options_of(const struct tool *tool)
{
	return tool->options ? tool->options : no_options;
}

static void print_synopsis(const struct tool *tool, const struct command *c, const char *lead)
{
	printf("%s %s%s%s%s%s\n", lead, tool->name, c->name ? " " : "", c->name ? c->name : "",
	       c->synopsis[0] ? " " : "", c->synopsis);
}

/* A sentence or more, in lines that fit a terminal. */
static void print_text(const char *text)
{
	autostr struct str lines = STR_INIT;

	option_wrap(&lines, 0, 0, text);
	fputs(lines.data, stdout);
}

static void print_command_help(const struct tool *tool, const struct command *command)
{
	print_synopsis(tool, command, "Usage:");
	printf("\n");
	print_text(command->summary);
	printf("\nOptions:\n");
	option_print_help(stdout, command->options);
	option_print_help(stdout, common_options);
	printf("\nSee %s(1).\n", tool->name);
}

/* The help of a tool with verbs. */
static void print_tool_help(const struct tool *tool)
{
	const char *lead = "Usage:";

	for (const struct command *c = tool->commands; c->run; c++) {
		print_synopsis(tool, c, lead);
		lead = "      ";
	}
	printf("\n");
	for (const struct command *c = tool->commands; c->run; c++)
		printf("  %-14s%s\n", c->name, c->summary);
	printf("\n%s COMMAND --help explains a command and its options.\n\nOptions:\n", tool->name);
	option_print_help(stdout, options_of(tool));
	option_print_help(stdout, common_options);
	printf("\nSee %s(1).\n", tool->name);
}

/* The rows of each command, "-" where there are no verbs; behind "*" those that stand before a verb. */
static void dump_options(const struct tool *tool)
{
	if (tool->commands->name) {
		option_print_table(stdout, "*", options_of(tool));
		option_print_table(stdout, "*", common_options);
	}
	for (const struct command *c = tool->commands; c->run; c++) {
		const char *prefix = c->name ? c->name : "-";

		option_print_table(stdout, prefix, c->options);
		option_print_table(stdout, prefix, common_options);
	}
}

/* The command whose name of one or two words stands at word, or NULL. */
static const struct command *find_command(const struct tool *tool, char *const *word)
{
	for (const struct command *c = tool->commands; c->run; c++) {
		const char *space = strchr(c->name, ' ');
		size_t first = space ? (size_t)(space - c->name) : strlen(c->name);

		if (strncmp(*word, c->name, first) != 0 || (*word)[first])
			continue;
		if (!space || (word[1] && strcmp(word[1], space + 1) == 0))
			return c;
	}
	return NULL;
}

/* The commands of which word is the first of two: "image ls, image rm"; empty: there are none. */
static void list_commands_of(const struct tool *tool, const char *word, struct str *ret)
{
	for (const struct command *c = tool->commands; c->run; c++)
		if (str_starts_with(c->name, word) && c->name[strlen(word)] == ' ')
			str_appendf(ret, "%s%s", ret->len ? ", " : "", c->name);
}

/* The words are no command. The hint has the command whose name is nearest to both, else those that
 * begin with the first word, else the one nearest to that. */
static int refuse_words(const struct tool *tool, char *const *word, struct error *err)
{
	autofree char *both = word[1] ? xasprintf("%s %s", word[0], word[1]) : xstrdup(word[0]);
	struct nearest nearest = nearest_to(both), nearest_one = nearest_to(word[0]);
	autostr struct str known = STR_INIT;

	for (const struct command *c = tool->commands; c->run; c++) {
		nearest_offer(&nearest, c->name);
		nearest_offer(&nearest_one, c->name);
	}
	list_commands_of(tool, *word, &known);
	if (!known.len)
		error_set(err, ERROR_USAGE, "unknown command '%s'", *word);
	else if (word[1])
		error_set(err, ERROR_USAGE, "unknown command '%s'", both);
	else
		error_set(err, ERROR_USAGE, "'%s' is half a command", *word);
	if (word[1] || !known.len)
		nearest_hint(&nearest, "", err);
	if (known.len)
		return error_default_hint(err, "there are: %s", known.data);
	return nearest_hint(&nearest_one, "", err);
}

/* Settle what does not depend on the rest of the command line, which may be wrong: where messages go, and
 * the tool's own affairs. command is NULL where there is none. */
static int begin_tool(const struct tool *tool, const struct command *command, char **argv,
		      struct error *err)
{
	struct common_opts common = { 0 };
	autofree void *opts = tool->begin ? xcalloc(1, tool->opts_size) : NULL;
	const struct option_target targets[] = { { options_of(tool), opts },
						 { common_options, &common },
						 { hidden_options, &common, true },
						 { command ? command->options : no_options } };
	/* What follows a word that is no command is nobody's. */
	const struct option_grammar grammar = { command ? command->order : OPTION_OPERANDS_LAST,
						tool->style };
	int status;

	option_parse_known(targets, array_size(targets), &grammar, argv);
	if (common.tell && !message_verb())
		message_init("ctnr");
	status = message_log_to(common.log, (enum message_format)common.log_format, err);
	if (tool->begin) {
		tool->begin(opts);
		option_release(options_of(tool), opts);
	}
	return status;
}

/* Find the verb behind the options that may stand before it, and take its words out of argv. No
 * operand at all is no error: ret_command is NULL. */
static int take_command(const struct tool *tool, char **argv, const struct command **ret_command,
			struct error *err)
{
	const struct option_target targets[] = { { options_of(tool) },
						 { common_options },
						 { hidden_options, NULL, true } };
	const struct command *command;
	size_t index;
	char **word;

	if (option_skip(targets, array_size(targets), tool->style, argv, &index, err) < 0)
		return -1;
	word = argv + index;
	if (!*word) {
		*ret_command = NULL;
		return 0;
	}
	command = find_command(tool, word);
	if (!command)
		return refuse_words(tool, word, err);
	for (size_t words = strchr(command->name, ' ') ? 2 : 1; (word[0] = word[words]); word++)
		;
	*ret_command = command;
	return 0;
}

/* called_as is NULL when the front did not call. */
static void usage_hint(const struct tool *tool, const struct command *c, const char *called_as,
		       struct error *err)
{
	if (!error_is(err, ERROR_USAGE))
		return;
	if (called_as)
		error_default_hint(err, "try '%s --help'", called_as);
	error_default_hint(err, "try '%s%s%s --help'", tool->name, c && c->name ? " " : "",
			   c && c->name ? c->name : "");
}

/* Under a umask that shuts the owner out, what was made a moment ago cannot be used. */
static void umask_hint(struct error *err)
{
	mode_t mask = error_errno_is(err, EACCES) ? umask(022) : 0;

	if (mask & 0700)
		error_default_hint(err, "umask %04o shuts the owner out of new files: umask 022",
				   mask);
}

/* Data that could not be written is a failure: returns the status, or -1. It is silent when the
 * reader went away: a tool behind a pipe has said why itself, head(1) has what it wanted. */
static int flush_stdout(int status, struct error *err)
{
	errno = 0;
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	if (errno == EPIPE)
		return ERROR_FAILED;
	error_errno(err, "cannot write to stdout");
	return error_hint(err, "%s", ""); /* where that leads is the caller's own affair */
}

static int print_version(const struct tool *tool)
{
	if (tool->version)
		fputs(tool->version, stdout);
	else
		printf("%s %s\n", tool->name, CTNR_VERSION);
	return 0;
}

static int print_nearest(const char *word, const struct strlist *candidates)
{
	struct nearest nearest = nearest_to(word);

	for (size_t i = 0; i < candidates->len; i++)
		nearest_offer(&nearest, candidates->items[i]);
	if (nearest.best)
		puts(nearest.best);
	return 0;
}

/* A text and its hint, as a message of the front. */
static int print_message(const char *level, const struct strlist *texts)
{
	if (texts->len)
		message_print(level, texts->items[0], texts->len > 1 ? texts->items[1] : "");
	return 0;
}

/* Do what the command is for. With --tell that is to write the front's own messages, which so go where
 * --log and --log-format say. */
static int act(const struct command *command, const void *opts, const struct common_opts *common,
	       const struct strlist *operands, struct error *err)
{
	if (common->tell)
		return print_message(common->tell, operands);
	return command->run(opts, operands, err);
}

/* log_failure: why the log could not be opened, code 0 where nothing is the matter. A command does not act
 * without its log; what is wrong with the command line is told as well. */
static int run_command(const struct tool *tool, const struct command *command, char **argv,
		       const struct error *log_failure, struct error *err)
{
	struct common_opts common = { 0 };
	autofree void *opts = command->defaults ? xmemdup(command->defaults, command->opts_size)
						: xcalloc(1, command->opts_size);
	autostrlist struct strlist operands = STRLIST_INIT;
	const struct option_target targets[] = { { command->options, opts },
						 { common_options, &common },
						 { hidden_options, &common, true } };
	const struct option_grammar grammar = { command->order, tool->style };
	int status = -1;

	if (option_parse(targets, array_size(targets), &grammar, argv, &operands, err) < 0)
		message_error(log_failure);
	else if (common.help)
		status = (print_command_help(tool, command), 0);
	else if (common.version)
		status = print_version(tool);
	else if (common.dump_options)
		status = (dump_options(tool), 0);
	else if (common.nearest)
		status = print_nearest(common.nearest, &operands);
	else if (log_failure->code)
		error_move(err, log_failure);
	else
		status = act(command, opts, &common, &operands, err);
	option_release(command->options, opts);
	return status;
}

/* A tool with verbs was called without one: only the common options make sense. */
static int run_without_command(const struct tool *tool, char **argv,
			       const struct error *log_failure, struct error *err)
{
	struct common_opts common = { 0 };
	autostrlist struct strlist operands = STRLIST_INIT;
	const struct option_target targets[] = { { options_of(tool), NULL },
						 { common_options, &common },
						 { hidden_options, &common, true } };
	const struct option_grammar grammar = { OPTION_PERMUTE, tool->style };

	if (option_parse(targets, array_size(targets), &grammar, argv, &operands, err) < 0) {
		message_error(log_failure);
		return -1;
	}
	if (common.help)
		print_tool_help(tool);
	else if (common.version)
		return print_version(tool);
	else if (common.dump_options)
		dump_options(tool);
	else {
		message_error(log_failure);
		return error_set(err, ERROR_USAGE, "no command given");
	}
	return 0;
}

/* When a standard descriptor is closed, the next file that is opened takes its place and gets what
 * was meant for it: messages in a blob. What stands there now can be read or written no more than
 * a closed one, and is inherited as such. */
static void occupy_standard_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 &&
		    open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
			return;
}

static bool is_verb(const char *text)
{
	size_t len = strspn(text, "abcdefghijklmnopqrstuvwxyz ");

	return len > 0 && len <= VERB_MAX && !text[len];
}

/* Take the front's verb out of the environment, and let messages begin with it, or with the tool's name.
 * Returns "ctnr VERB", which lives as long as the process, or NULL. */
static const char *begin_messages(const struct tool *tool)
{
	const char *verb = getenv(VERB_VARIABLE);
	const char *called_as = verb && is_verb(verb) ? xasprintf("ctnr %s", verb) : NULL;

	if (verb)
		unsetenv(VERB_VARIABLE);
	message_init(called_as ? called_as : tool->name);
	return called_as;
}

/* The status of a failure with that code; command is NULL where there is none. */
static int status_of_failure(const struct command *command, int code)
{
	int status = command ? command->failure_status : 0;

	if (!status || (status == ERROR_RUNTIME && code > ERROR_RUNTIME))
		return code ? code : ERROR_FAILED;
	return status;
}

/* The command that argv names. *ret is NULL where there is none, which is no error. */
static int find_called_command(const struct tool *tool, char **argv, const struct command **ret,
			       struct error *err)
{
	*ret = tool->commands->name ? NULL : tool->commands;
	return *ret ? 0 : take_command(tool, argv, ret, err);
}

int tool_failed(const struct tool *tool, char **argv, const struct error *err)
{
	const struct command *command;
	struct error log_failure = { 0 };

	begin_messages(tool);
	find_called_command(tool, argv, &command, NULL);
	if (begin_tool(tool, command, argv, &log_failure) < 0)
		message_error(&log_failure);
	message_error(err);
	return status_of_failure(command, err->code);
}

int tool_main(const struct tool *tool, int argc, char **argv)
{
	const char *called_as;
	const struct command *command;
	struct error err = { 0 };
	struct error log_failure = { 0 };
	int status;

	(void)argc;
	occupy_standard_descriptors();
	called_as = begin_messages(tool);
	/* A reader that went away is an error of write(2), not a silent death. */
	signal(SIGPIPE, SIG_IGN);
	/* A caller that ignores it would have our children end unseen. */
	signal(SIGCHLD, SIG_DFL);
	status = find_called_command(tool, argv, &command, &err);
	begin_tool(tool, command, argv, &log_failure);
	if (status < 0)
		message_error(&log_failure);
	else if (command)
		status = run_command(tool, command, argv, &log_failure, &err);
	else
		status = run_without_command(tool, argv, &log_failure, &err);
	if (status >= 0)
		status = flush_stdout(status, &err);
	if (status >= 0)
		return status;
	usage_hint(tool, command, called_as, &err);
	umask_hint(&err);
	message_error(&err);
	return status_of_failure(command, err.code);
}

int tool_become(const char *path, char **argv)
{
	const char *verb = message_verb();
	struct error err = { 0 };

	if (verb)
		setenv(VERB_VARIABLE, verb, 1);
	execv(path, argv);
	error_errno(&err, "cannot execute '%s'", path);
	message_error(&err);
	return ERROR_FAILED;
}

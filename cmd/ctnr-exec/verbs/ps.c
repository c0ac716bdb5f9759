/* SPDX-License-Identifier: Apache-2.0 */
#include "verbs/ps.h"

#include "members.h"

#include "base/alloc.h"
#include "base/number.h"
#include "format/json.h"
#include "system/process.h"

#include <stdio.h>
#include <string.h>

#define PS_OUTPUT_MAX (64U << 20) /* bytes that ps(1) may write */

const struct option ps_options[] = {
	{ "format", 'f', "FORMAT", "table or json", OPTION_CHOICE, offsetof(struct ps_opts, format),
	  global_formats },
	OPTION_INCLUDE(global_options, offsetof(struct ps_opts, global)),
	OPTION_END,
};

static void print_pids(const struct members *members)
{
	autojson json_t *pids = json_array();
	autofree char *text = NULL;

	for (size_t i = 0; i < members->len; i++)
		json_array_append_new(pids, json_integer(members->pids[i]));
	text = json_format(pids);
	puts(text);
}

/* Which field of the heading is PID? -1: none. */
static int find_pid_column(const char *heading)
{
	autofree char *copy = xstrdup(heading);
	char *rest = copy;
	int column = 0;

	for (const char *word; (word = strsep(&rest, " \t"));) {
		if (strcmp(word, "PID") == 0)
			return column;
		column += *word != '\0';
	}
	return -1;
}

/* The pid in that field of a line; 0 for none. */
static uint64_t read_pid(const char *line, int column)
{
	autofree char *copy = xstrdup(line);
	char *rest = copy;
	uint64_t pid = 0;

	for (const char *word; (word = strsep(&rest, " \t"));) {
		if (!*word)
			continue;
		if (column-- > 0)
			continue;
		return number_parse(word, INT32_MAX, &pid, NULL) == 0 ? pid : 0;
	}
	return 0;
}

static bool has_member(const struct members *members, uint64_t pid)
{
	for (size_t i = 0; i < members->len; i++)
		if ((uint64_t)members->pids[i] == pid)
			return true;
	return false;
}

static int print_lines(char *text, const struct members *members, struct error *err)
{
	char *rest = text;
	const char *heading = strsep(&rest, "\n");
	int column = find_pid_column(heading);

	if (column < 0)
		return error_set(err, ERROR_USAGE, "with these options ps(1) prints no column PID");
	puts(heading);
	for (const char *line; (line = strsep(&rest, "\n"));)
		if (has_member(members, read_pid(line, column)))
			puts(line);
	return 0;
}

static int print_table(const struct members *members, const struct strlist *operands,
		       struct error *err)
{
	autofree char *path = process_find_system("ps");
	autostrlist struct strlist argv = STRLIST_INIT;
	autostr struct str out = STR_INIT;
	struct process_exchange ps = { .path = path, .out_max = PS_OUTPUT_MAX };
	int status;

	if (!path) {
		error_set(err, ERROR_FAILED, "the table is made by ps(1), which is not installed");
		return error_hint(err, "--format json prints the pids");
	}
	strlist_append(&argv, "ps");
	for (size_t i = 1; i < operands->len; i++)
		strlist_append(&argv, operands->items[i]);
	if (operands->len == 1)
		strlist_append(&argv, "-ef");
	ps.argv = argv.items;
	status = process_exchange(&ps, &out, err);
	if (status < 0)
		return -1;
	return status ? error_set(err, ERROR_FAILED, "ps(1) failed with status %d", status)
		      : print_lines(out.data, members, err);
}

int ps_print(const void *opts_, const struct strlist *operands, struct error *err)
{
	const struct ps_opts *opts = opts_;
	autostateroot struct state_root states = STATE_ROOT_INIT;
	automembers struct members members = MEMBERS_INIT;
	struct state state;

	if (!operands->len)
		return error_set(err, ERROR_USAGE, "no container given");
	if (global_find_states(&opts->global, &states, err) < 0 ||
	    state_read(states.fd, operands->items[0], &state, err) < 0)
		return -1;
	if (state.status != STATE_CREATED && state.status != STATE_RUNNING)
		return error_set(err, ERROR_FAILED, "'%s': container not running",
				 operands->items[0]);
	if (members_list(state.mark, &members, err) < 0)
		return -1;
	if (opts->format == GLOBAL_TABLE)
		return print_table(&members, operands, err);
	print_pids(&members);
	return 0;
}

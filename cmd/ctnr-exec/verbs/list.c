/* SPDX-License-Identifier: Apache-2.0 */
#include "verbs/list.h"

#include "base/table.h"
#include "store/state_document.h"

#include <stdio.h>

const struct option list_options[] = {
	{ "format", 'f', "FORMAT", "table or json", OPTION_CHOICE,
	  offsetof(struct list_opts, format), global_formats },
	{ "quiet", 'q', NULL, "the IDs alone", OPTION_BOOL, offsetof(struct list_opts, quiet),
	  NULL },
	OPTION_INCLUDE(global_options, offsetof(struct list_opts, global)),
	OPTION_END,
};

/* The states of all containers, in order: a new array. A container that goes away meanwhile is none, and
 * one whose state cannot be read does not hide the others. */
static json_t *read_states(int root, struct error *err)
{
	autostatereader struct state_reader reader = STATE_READER_INIT(root);
	autostrlist struct strlist ids = STRLIST_INIT;
	json_t *ret;

	if (state_list(root, &ids, err) < 0)
		return NULL;
	ret = json_array();
	for (size_t i = 0; i < ids.len; i++) {
		json_t *state = state_document(&reader, ids.items[i], NULL);

		if (state)
			json_array_append_new(ret, state);
	}
	return ret;
}

static const char *member_text(const json_t *state, const char *key)
{
	return json_string_value(json_object_get(state, key));
}

static void print_table(const json_t *states)
{
	static const char *const headings[] = { "ID",      "PID",   "STATUS", "BUNDLE",
						"CREATED", "OWNER", NULL };
	autotable struct table table = { 0 };
	size_t i;
	json_t *state;

	table_init(&table, headings);
	json_array_foreach (states, i, state) {
		char pid[16];

		snprintf(pid, sizeof(pid), "%d",
			 (int)json_integer_value(json_object_get(state, "pid")));
		table_add(&table, member_text(state, "id"));
		table_add(&table, pid);
		table_add(&table, member_text(state, "status"));
		table_add(&table, member_text(state, "bundle"));
		table_add(&table, member_text(state, "created"));
		table_add(&table, member_text(state, "owner"));
	}
	table_print(stdout, &table);
}

static void print_ids(const json_t *states)
{
	size_t i;
	json_t *state;

	json_array_foreach (states, i, state)
		puts(member_text(state, "id"));
}

int list_containers(const void *opts_, const struct strlist *operands, struct error *err)
{
	const struct list_opts *opts = opts_;
	autostateroot struct state_root root = STATE_ROOT_INIT;
	autojson json_t *states = NULL;

	if (operands->len)
		return error_set(err, ERROR_USAGE, "'%s': no operand is taken", operands->items[0]);
	if (global_find_states(&opts->global, &root, err) < 0)
		return -1;
	states = read_states(root.fd, err);
	if (!states)
		return -1;
	if (opts->quiet) {
		print_ids(states);
	} else if (opts->format == GLOBAL_JSON) {
		autofree char *text = json_format(states);

		puts(text);
	} else {
		print_table(states);
	}
	return 0;
}

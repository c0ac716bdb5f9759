/* SPDX-License-Identifier: Apache-2.0 */
#include "report.h"

#include "base/str.h"
#include "base/terminal.h"
#include "format/json.h"
#include "system/process.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char *const rung_names[IDENTITY_RUNG_MAX] = {
	[IDENTITY_PRIVILEGED] = "privileged",
	[IDENTITY_SUBORDINATE] = "subordinate",
	[IDENTITY_SINGLE] = "single",
	[IDENTITY_NONE] = "none",
};

static const char *const rung_texts[IDENTITY_RUNG_MAX] = {
	[IDENTITY_PRIVILEGED] = "privileged, containers run in the present user namespace",
	[IDENTITY_SUBORDINATE] = "subordinate IDs, root inside is this user",
	[IDENTITY_SINGLE] = "one ID, this user stands for all of them",
	[IDENTITY_NONE] = "no user namespaces",
};

static void print_state(enum check_state state, bool colour)
{
	static const char *const colours[CHECK_STATE_MAX] = {
		[CHECK_OK] = "\033[32m",
		[CHECK_WARN] = "\033[33m",
		[CHECK_FAIL] = "\033[31m",
	};

	if (colour)
		printf("%s%-4s\033[0m", colours[state], check_state_names[state]);
	else
		printf("%-4s", check_state_names[state]);
}

static void print_escaped(const char *text)
{
	autostr struct str escaped = STR_INIT;

	str_append_escaped(&escaped, text);
	printf("%s\n", escaped.data);
}

static bool wants_colour(void)
{
	const char *no_colour = getenv("NO_COLOR");

	return terminal_takes_escapes(STDOUT_FILENO) && !(no_colour && no_colour[0]);
}

void report_text(const struct host *host, const struct checklist *list)
{
	const struct identity *id = &host->identity;
	bool colour = wants_colour();

	printf("rung %d of %d: %s\n", (int)id->rung + 1, (int)IDENTITY_RUNG_MAX,
	       rung_texts[id->rung]);
	if (id->rung != IDENTITY_PRIVILEGED && id->why[0])
		printf("  not higher: %s\n", id->why);
	if (id->rung != IDENTITY_PRIVILEGED && id->grant[0])
		printf("  the administrator can grant it: %s\n", id->grant);
	printf("\n");
	for (size_t i = 0; i < list->len; i++) {
		const struct check *c = &list->items[i];

		print_state(c->state, colour);
		printf("  %-18s", c->name);
		print_escaped(c->text);
		if (c->hint && c->state != CHECK_OK) {
			printf("%24shint: ", "");
			print_escaped(c->hint);
		}
	}
	printf("\n%s\n",
	       checklist_has_failed(list) ? "containers cannot run" : "containers can run");
}

/* A text that may hold a name of this machine, which need not be UTF-8. */
static json_t *text_to_json(const char *text)
{
	json_t *string = json_string(text);
	autostr struct str escaped = STR_INIT;

	if (string)
		return string;
	str_append_escaped(&escaped, text);
	return json_string(escaped.data);
}

static json_t *map_to_json(const struct idmap *map)
{
	json_t *ranges = json_array();

	for (size_t i = 0; i < map->len; i++)
		json_array_append_new(ranges, json_pack("{sI sI sI}", "containerID",
							(json_int_t)map->ranges[i].inside, "hostID",
							(json_int_t)map->ranges[i].outside, "size",
							(json_int_t)map->ranges[i].count));
	return ranges;
}

static json_t *checks_to_json(const struct checklist *list)
{
	json_t *checks = json_array();

	for (size_t i = 0; i < list->len; i++) {
		const struct check *c = &list->items[i];
		json_t *check =
			json_pack("{ss ss so}", "name", c->name, "state",
				  check_state_names[c->state], "text", text_to_json(c->text));

		if (c->hint)
			json_object_set_new(check, "hint", text_to_json(c->hint));
		json_array_append_new(checks, check);
	}
	return checks;
}

/* What was not tried is absent. */
static json_t *filesystem_to_json(const struct abilities *abilities)
{
	json_t *filesystem = json_pack("{ss}", "type", abilities->fs.name);

	for (size_t i = 0; i < ABILITY_MAX && abilities->are_known; i++)
		json_object_set_new(filesystem, ability_keys[i], json_boolean(abilities->has[i]));
	return filesystem;
}

static json_t *programs_to_json(void)
{
	json_t *found = json_object();

	for (const struct program *p = programs; p->name; p++) {
		autofree char *path = process_find(p->name);

		json_object_set_new(found, p->name, path ? text_to_json(path) : json_null());
	}
	return found;
}

static void set_text(json_t *object, const char *key, const char *text)
{
	if (text[0])
		json_object_set_new(object, key, text_to_json(text));
}

int report_json(const struct host *host, const struct checklist *list, struct error *err)
{
	const struct identity *id = &host->identity;
	autojson json_t *report = NULL;
	char idmap[IDMAP_NAME_MAX];

	identity_idmap_name(id, idmap);
	report = json_pack("{ss si sb sI sI ss so so ss so so so}", "rung", rung_names[id->rung],
			   "level", (int)id->rung + 1, "canRun", !checklist_has_failed(list), "uid",
			   (json_int_t)id->uid, "gid", (json_int_t)id->gid, "idmap", idmap,
			   "uidMappings", map_to_json(&id->uids), "gidMappings",
			   map_to_json(&id->gids), "store", host->store, "filesystem",
			   filesystem_to_json(&host->abilities), "checks", checks_to_json(list),
			   "programs", programs_to_json());
	if (!report)
		return error_set(err, ERROR_FAILED, "cannot make the report");
	if (id->rung != IDENTITY_PRIVILEGED) {
		set_text(report, "why", id->why);
		set_text(report, "grant", id->grant);
	}
	return json_print(stdout, report, err);
}

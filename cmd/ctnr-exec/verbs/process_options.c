/* SPDX-License-Identifier: Apache-2.0 */
#include "verbs/process_options.h"

#include "base/alloc.h"
#include "base/number.h"
#include "oci/runtime.h"
#include "system/capability.h"
#include "system/fd.h"
#include "system/idmap.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

const struct option process_option_rows[] = {
	{ "process", 'p', "FILE", "a JSON object process in place of the container's own",
	  OPTION_STRING, offsetof(struct process_options, file), NULL },
	{ "tty", 't', NULL, "give the process a terminal", OPTION_BOOL,
	  offsetof(struct process_options, terminal), NULL },
	{ "user", 'u', "UID[:GID]", "the user, and group, of the process", OPTION_STRING,
	  offsetof(struct process_options, user), NULL },
	{ "cwd", 0, "DIR", "the working directory, in the container", OPTION_STRING,
	  offsetof(struct process_options, cwd), NULL },
	{ "env", 'e', "NAME=VALUE", "add to the environment", OPTION_LIST,
	  offsetof(struct process_options, env), NULL },
	{ "cap", 'c', "CAPABILITY", "add a capability", OPTION_LIST,
	  offsetof(struct process_options, capabilities), NULL },
	{ "apparmor", 0, "PROFILE", "the AppArmor profile of the process", OPTION_STRING,
	  offsetof(struct process_options, apparmor_profile), NULL },
	{ "process-label", 0, "LABEL", "the SELinux label of the process", OPTION_STRING,
	  offsetof(struct process_options, selinux_label), NULL },
	{ "no-new-privs", 0, NULL, "let the process gain no privileges by execve", OPTION_TRISTATE,
	  offsetof(struct process_options, no_new_privileges), NULL },
	{ "additional-gids", 'g', "GID", "add a group", OPTION_LIST,
	  offsetof(struct process_options, groups), NULL },
	OPTION_END,
};

/* A FIFO or /dev/stdin will do. */
static json_t *read_file(const char *path, struct error *err)
{
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	autostr struct str text = STR_INIT;
	json_t *document;

	if (fd < 0) {
		error_errno(err, "option --process: cannot open '%s'", path);
		return NULL;
	}
	if (fd_read_rest(fd, RUNTIME_CONFIG_MAX, &text, err) < 0) {
		error_prefix(err, "option --process: '%s'", path);
		return NULL;
	}
	document = json_parse_last(text.data, text.len, path, err);
	if (!document || json_is_object(document))
		return document;
	error_set(err, ERROR_FAILED, "%s: expected object", path);
	json_decref(document);
	return NULL;
}

/* The member of that key, made where it is missing or of another type. */
static json_t *need_member(json_t *object, const char *key, json_type type)
{
	json_t *member = json_object_get(object, key);

	if (member && json_typeof(member) == type)
		return member;
	member = type == JSON_ARRAY ? json_array() : json_object();
	json_object_set_new(object, key, member);
	return member;
}

static int set_text(json_t *object, const char *key, const char *text, struct error *err)
{
	if (!text)
		return 0;
	if (json_check_text(text, err) < 0)
		return -1;
	json_object_set_new(object, key, json_string(text));
	return 0;
}

static int set_cwd(json_t *process, const char *cwd, struct error *err)
{
	if (cwd && cwd[0] != '/')
		return error_set(err, ERROR_USAGE,
				 "option --cwd: expected an absolute path, got '%s'", cwd);
	return set_text(process, "cwd", cwd, err);
}

static int parse_id(const char *option, const char *text, json_t **ret, struct error *err)
{
	uint64_t id;

	if (number_parse(text, IDMAP_ID_MAX, &id, err) < 0) {
		error_prefix(err, "option %s: '%s'", option, text);
		return error_recode(err, ERROR_USAGE);
	}
	*ret = json_integer((json_int_t)id);
	return 0;
}

/* A group that is not given stays that of the process. */
static int set_user(json_t *user, const char *text, struct error *err)
{
	const char *colon = text ? strchr(text, ':') : NULL;
	autofree char *uid = NULL;
	json_t *value;

	if (!text)
		return 0;
	uid = xstrndup(text, colon ? (size_t)(colon - text) : strlen(text));
	if (parse_id("--user", uid, &value, err) < 0)
		return -1;
	json_object_set_new(user, "uid", value);
	if (!colon)
		return 0;
	if (parse_id("--user", colon + 1, &value, err) < 0)
		return -1;
	json_object_set_new(user, "gid", value);
	return 0;
}

static int add_groups(json_t *user, const struct strlist *groups, struct error *err)
{
	for (size_t i = 0; i < groups->len; i++) {
		json_t *group;

		if (parse_id("--additional-gids", groups->items[i], &group, err) < 0)
			return -1;
		json_array_append_new(need_member(user, "additionalGids", JSON_ARRAY), group);
	}
	return 0;
}

/* Take out entries of that name ("NAME="), which the new one replaces. */
static void remove_variable(json_t *env, const char *entry)
{
	size_t len = strcspn(entry, "=") + 1;

	for (size_t i = json_array_size(env); i-- > 0;) {
		const char *old = json_string_value(json_array_get(env, i));

		if (old && strncmp(old, entry, len) == 0)
			json_array_remove(env, i);
	}
}

static int add_env(json_t *process, const struct strlist *list, struct error *err)
{
	for (size_t i = 0; i < list->len; i++) {
		json_t *env = need_member(process, "env", JSON_ARRAY);
		const char *entry = list->items[i];

		if (!strchr(entry, '=') || entry[0] == '=')
			return error_set(err, ERROR_USAGE,
					 "option --env: expected NAME=VALUE, got '%s'", entry);
		if (json_check_text(entry, err) < 0)
			return error_prefix(err, "option --env");
		remove_variable(env, entry);
		json_array_append_new(env, json_string(entry));
	}
	return 0;
}

/* An inheritable capability would be handed on to whatever the process executes (CVE-2022-29162), and an
 * ambient one is inheritable. */
static int add_capabilities(json_t *process, const struct strlist *list, struct error *err)
{
	static const char *const sets[] = { "bounding", "effective", "permitted" };

	for (size_t i = 0; i < list->len; i++) {
		json_t *capabilities = need_member(process, "capabilities", JSON_OBJECT);
		int number = capability_number(list->items[i]);

		if (number < 0)
			return error_set(err, ERROR_USAGE,
					 "option --cap: there is no capability '%s'",
					 list->items[i]);
		for (size_t set = 0; set < array_size(sets); set++)
			json_array_append_new(need_member(capabilities, sets[set], JSON_ARRAY),
					      json_string(capability_name(number)));
	}
	return 0;
}

static int set_command(json_t *process, char *const *command, size_t n, struct error *err)
{
	json_t *args = n ? json_array() : NULL;

	if (args)
		json_object_set_new(process, "args", args);
	for (size_t i = 0; i < n; i++) {
		if (json_check_text(command[i], err) < 0)
			return -1;
		json_array_append_new(args, json_string(command[i]));
	}
	return 0;
}

/* The container's process may have had a terminal, and the new one has one only where it is asked for. */
static void set_switches(json_t *process, const struct process_options *opts)
{
	if (opts->terminal || !opts->file)
		json_object_set_new(process, "terminal", json_boolean(opts->terminal));
	if (opts->no_new_privileges != OPTION_UNSTATED)
		json_object_set_new(process, "noNewPrivileges",
				    json_boolean(opts->no_new_privileges == OPTION_TRUE));
}

json_t *process_options_apply(const struct process_options *opts, char *const *command, size_t n,
			      const json_t *config, struct error *err)
{
	json_t *own = json_object_get(config, "process");
	autojson json_t *process = NULL;
	json_t *user;

	process = opts->file ? read_file(opts->file, err)
		  : own      ? json_deep_copy(own)
			     : json_object();
	if (!process)
		return NULL;
	user = need_member(process, "user", JSON_OBJECT);
	set_switches(process, opts);
	if (set_command(process, command, n, err) < 0 || set_user(user, opts->user, err) < 0 ||
	    add_groups(user, &opts->groups, err) < 0 || set_cwd(process, opts->cwd, err) < 0 ||
	    set_text(process, "apparmorProfile", opts->apparmor_profile, err) < 0 ||
	    set_text(process, "selinuxLabel", opts->selinux_label, err) < 0 ||
	    add_env(process, &opts->env, err) < 0 ||
	    add_capabilities(process, &opts->capabilities, err) < 0)
		return NULL;
	return steal(&process);
}

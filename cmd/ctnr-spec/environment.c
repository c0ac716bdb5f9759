/* SPDX-License-Identifier: Apache-2.0 */
#include "environment.h"

#include "input.h"
#include "opts.h"

#include "base/alloc.h"
#include "oci/runtime.h"
#include "system/fd.h"

#include <string.h>
#include <unistd.h>

#define ENV_FILE_MAX (1U << 20) /* bytes */
#define BYTE_ORDER_MARK "\xef\xbb\xbf" /* U+FEFF */

#define FIELD(name) offsetof(struct environment_opts, name)

const struct option environment_options[] = {
	{ "env", 'e', "NAME[=VALUE]", "set an environment variable, or pass ours on", OPTION_LIST,
	  FIELD(env) },
	{ "env-file", 0, "FILE", "read environment variables from FILE", OPTION_LIST,
	  FIELD(env_file) },
	OPTION_END,
};

/* Does the array's entry set the variable name? */
static bool entry_is(const json_t *entry, const char *name)
{
	const char *text = json_string_value(entry);
	size_t len = strlen(name);

	return text && strncmp(text, name, len) == 0 && text[len] == '=';
}

/* The value of a variable (borrowed), or NULL. Of several the last counts. */
static const char *get_variable(const json_t *env, const char *name)
{
	for (size_t i = json_array_size(env); i-- > 0;) {
		const json_t *entry = json_array_get(env, i);

		if (entry_is(entry, name))
			return json_string_value(entry) + strlen(name) + 1;
	}
	return NULL;
}

/*
 * Changes of an environment, by name: the last one of each name counts. They are gathered first and made
 * in one pass, because there may be 100,000 of both.
 */
struct changes {
	json_t *texts; /* name: "NAME=VALUE", or null, which removes the variable */
	json_t *placed; /* the names of those that were made */
};

static void changes_release(struct changes *changes)
{
	json_decref(changes->texts);
	json_decref(changes->placed);
}
#define autochanges autocleanup(changes_release)

static int add_change(struct changes *changes, const char *name, const char *value,
		      struct error *err)
{
	autofree char *text = value ? xasprintf("%s=%s", name, value) : NULL;

	if (json_check_text(text ? text : name, err) < 0)
		return error_prefix(err, "variable '%s'", name);
	/* A variable that comes back after its removal comes last. */
	if (json_is_null(json_object_get(changes->texts, name)))
		json_object_del(changes->texts, name);
	json_object_set_new(changes->texts, name, text ? json_string(text) : json_null());
	return 0;
}

/* The name of the array's entry, new; NULL when it sets no variable. */
static char *entry_variable(const json_t *entry)
{
	const char *text = json_string_value(entry);
	size_t len = text ? strcspn(text, "=") : 0;

	return text && text[len] ? xstrndup(text, len) : NULL;
}

/* Append an entry of the environment as the changes leave it: the first with a name is replaced, others
 * with that name go. */
static void append_changed(const struct changes *changes, json_t *entry, json_t *list)
{
	autofree char *name = entry_variable(entry);
	json_t *text = name ? json_object_get(changes->texts, name) : NULL;

	if (!text)
		json_array_append(list, entry);
	else if (json_is_string(text) && !json_object_get(changes->placed, name)) {
		json_object_set_new(changes->placed, name, json_true());
		json_array_append(list, text);
	}
}

/* Changes are made in the variable's place, or at the end. */
static void make_changes(const struct changes *changes, json_t *env)
{
	autojson json_t *list = json_array();
	const char *name;
	json_t *value;
	size_t i;

	json_array_foreach (env, i, value) {
		append_changed(changes, value, list);
	}
	json_object_foreach (changes->texts, name, value)
		if (json_is_string(value) && !json_object_get(changes->placed, name))
			json_array_append(list, value);
	json_array_clear(env);
	json_array_extend(env, list);
}

/* Set one variable in its place or at the end. */
static int set_variable(json_t *env, const char *name, const char *value, struct error *err)
{
	autochanges struct changes changes = { json_object(), json_object() };

	if (add_change(&changes, name, value, err) < 0)
		return -1;
	make_changes(&changes, env);
	return 0;
}

static int check_text(const char *text, struct error *err)
{
	size_t len = strcspn(text, "=");

	if (json_check_text(text, err) < 0)
		return error_prefix(err, "variable '%.*s'", (int)len, text);
	if (!len || strcspn(text, " \t") < len)
		return error_set(err, ERROR_USAGE, "expected NAME=VALUE or NAME, got '%s'", text);
	return 0;
}

/* One -e or one line of a file: NAME=VALUE, or NAME alone, which asks for the value of our own
 * environment. A NAME that is not set there is removed from the container's too. */
static int add_from_text(struct changes *changes, const char *text, struct error *err)
{
	size_t len = strcspn(text, "=");
	autofree char *name = xstrndup(text, len);

	if (check_text(text, err) < 0)
		return -1;
	return add_change(changes, name, text[len] ? text + len + 1 : getenv(name), err);
}

static int add_env_file(struct changes *changes, const char *path, struct error *err)
{
	autostr struct str text = STR_INIT;
	autoclose int fd = input_open(path, err);
	unsigned number = 0;
	char *start;

	if (fd < 0)
		return -1;
	if (fd_read_rest(fd, ENV_FILE_MAX, &text, err) < 0)
		return error_prefix(err, "%s", path);
	if (strlen(text.data) != text.len)
		return error_set(err, ERROR_USAGE, "%s: contains a NUL byte", path);
	start = text.data;
	/* Some editors begin a file with it. */
	if (str_starts_with(text.data, BYTE_ORDER_MARK))
		start += sizeof(BYTE_ORDER_MARK) - 1;
	for (char *line = start, *next; line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		number++;
		line += strspn(line, " \t");
		line[strcspn(line, "\r")] = '\0';
		if (!*line || *line == '#')
			continue;
		if (add_from_text(changes, line, err) < 0)
			return error_prefix(err, "%s: line %u", path, number);
	}
	return 0;
}

static int set_default(json_t *env, const char *name, const char *value, struct error *err)
{
	return get_variable(env, name) ? 0 : set_variable(env, name, value, err);
}

/* The home is what the image's passwd says. */
static int set_home(json_t *env, const char *home, struct error *err)
{
	if (set_default(env, "HOME", home, err) == 0)
		return 0;
	error_prefix(err, "the home of the image's user");
	return error_hint(err, "give another one with --env HOME=DIR");
}

static int apply_defaults(struct spec *spec, json_t *env, struct error *err)
{
	const char *hostname = json_string_value(json_object_get(spec->config, "hostname"));

	if (spec->image && set_default(env, "PATH", RUNTIME_DEFAULT_PATH, err) < 0)
		return -1;
	if (hostname && (spec->image || spec->opts->etc.hostname)) {
		bool replaces = !spec->image && get_variable(env, "HOSTNAME");

		if ((replaces ? set_variable(env, "HOSTNAME", hostname, err)
			      : set_default(env, "HOSTNAME", hostname, err)) < 0)
			return -1;
	}
	if (spec->home && set_home(env, spec->home, err) < 0)
		return -1;
	return spec->opts->process.tty == OPTION_TRUE ? set_default(env, "TERM", "xterm", err) : 0;
}

/* The image's variables. Of several with one name the last counts and takes the first one's place: a
 * program that looks for one takes the first. What has no name or no value is none, as for docker and
 * podman. */
static void append_image_env(json_t *env, const struct strlist *entries)
{
	autojson json_t *positions = json_object(); /* in env, of the names */

	for (size_t i = 0; i < entries->len; i++) {
		const char *text = entries->items[i];
		size_t len = strcspn(text, "=");
		autofree char *name = xstrndup(text, len);
		const json_t *position = json_object_get(positions, name);

		if (!len || !text[len])
			continue;
		if (position) {
			json_array_set_new(env, (size_t)json_integer_value(position),
					   json_string(text));
			continue;
		}
		json_object_set_new(positions, name,
				    json_integer((json_int_t)json_array_size(env)));
		json_array_append_new(env, json_string(text));
	}
}

int environment_check(const struct environment_opts *opts, struct error *err)
{
	for (size_t i = 0; i < opts->env_file.len; i++) {
		const char *path = opts->env_file.items[i];

		if (strcmp(path, "-") != 0 && access(path, R_OK) < 0)
			return error_errno(err, "option --env-file: cannot open '%s'", path);
	}
	for (size_t i = 0; i < opts->env.len; i++)
		if (check_text(opts->env.items[i], err) < 0)
			return error_prefix(err, "option --env");
	return 0;
}

int environment_apply(struct spec *spec, struct error *err)
{
	const struct environment_opts *opts = &spec->opts->environment;
	json_t *process = spec_config_member(spec, "process", JSON_OBJECT, err);
	json_t *env = process ? spec_member(process, "process", "env", JSON_ARRAY, err) : NULL;
	autochanges struct changes changes = { json_object(), json_object() };

	if (!env)
		return -1;
	if (spec->image)
		append_image_env(env, &spec->image->env);
	for (size_t i = 0; i < opts->env_file.len; i++)
		if (add_env_file(&changes, opts->env_file.items[i], err) < 0)
			return error_prefix(err, "option --env-file");
	for (size_t i = 0; i < opts->env.len; i++)
		if (add_from_text(&changes, opts->env.items[i], err) < 0)
			return error_prefix(err, "option --env");
	make_changes(&changes, env);
	return apply_defaults(spec, env, err);
}

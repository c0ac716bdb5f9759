/* SPDX-License-Identifier: Apache-2.0 */
#include "environment.h"

#include "base/alloc.h"
#include "oci/runtime.h"
#include "system/fd.h"

#include <fcntl.h>
#include <string.h>

#define ENV_FILE_MAX (1U << 20) /* bytes */

static bool entry_is(const json_t *entry, const char *name)
{
	const char *text = json_string_value(entry);
	size_t len = strlen(name);

	return text && strncmp(text, name, len) == 0 && text[len] == '=';
}

const char *environment_get(const json_t *env, const char *name)
{
	for (size_t i = json_array_size(env); i-- > 0;) {
		const json_t *entry = json_array_get(env, i);

		if (entry_is(entry, name))
			return json_string_value(entry) + strlen(name) + 1;
	}
	return NULL;
}

void environment_set(json_t *env, const char *name, const char *value)
{
	autofree char *text = value ? xasprintf("%s=%s", name, value) : NULL;
	bool placed = !value;

	for (size_t i = 0; i < json_array_size(env);) {
		if (!entry_is(json_array_get(env, i), name)) {
			i++;
		} else if (placed) {
			json_array_remove(env, i);
		} else {
			json_array_set_new(env, i++, json_string(text));
			placed = true;
		}
	}
	if (!placed)
		json_array_append_new(env, json_string(text));
}

/* One -e or one line of a file: NAME=VALUE, or NAME from our own environment. A NAME that we do not
 * have either is removed: it says "as out here". */
static int set_from_text(json_t *env, const char *text, struct error *err)
{
	size_t len = strcspn(text, "=");
	autofree char *name = xstrndup(text, len);

	if (!len || strpbrk(name, " \t"))
		return error_set(err, ERROR_USAGE, "expected NAME=VALUE or NAME, got '%s'", text);
	environment_set(env, name, text[len] ? text + len + 1 : getenv(name));
	return 0;
}

static int check_text(const char *text, struct error *err)
{
	json_t *probe = json_string(text);

	if (!probe)
		return error_set(err, ERROR_USAGE,
				 "'%s' is not valid UTF-8, which a JSON document needs", text);
	json_decref(probe);
	return 0;
}

static int apply_file(json_t *env, const char *path, struct error *err)
{
	autostr struct str text = STR_INIT;
	autoclose int fd = strcmp(path, "-") == 0 ? fcntl(0, F_DUPFD_CLOEXEC, 3)
						  : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	unsigned number = 0;

	if (fd < 0)
		return error_errno(err, "cannot open '%s'", path);
	if (fd_read_rest(fd, ENV_FILE_MAX, &text, err) < 0)
		return error_prefix(err, "%s", path);
	if (strlen(text.data) != text.len)
		return error_set(err, ERROR_USAGE, "%s: contains a NUL byte", path);
	for (char *line = text.data, *next; line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		number++;
		line += strspn(line, " \t");
		line[strcspn(line, "\r")] = '\0';
		if (!*line || *line == '#')
			continue;
		if (check_text(line, err) < 0 || set_from_text(env, line, err) < 0)
			return error_prefix(err, "%s: line %u", path, number);
	}
	return 0;
}

static void set_default(json_t *env, const char *name, const char *value)
{
	if (!environment_get(env, name))
		environment_set(env, name, value);
}

static void apply_defaults(struct spec *spec, json_t *env)
{
	const char *hostname = json_string_value(json_object_get(spec->config, "hostname"));

	if (spec->image)
		set_default(env, "PATH", RUNTIME_DEFAULT_PATH);
	if (hostname && (spec->image || spec->opts->hostname)) {
		if (!spec->image && environment_get(env, "HOSTNAME"))
			environment_set(env, "HOSTNAME", hostname);
		set_default(env, "HOSTNAME", hostname);
	}
	if (spec->home)
		set_default(env, "HOME", spec->home);
	if (spec->opts->tty == OPTION_TRUE)
		set_default(env, "TERM", "xterm");
}

int environment_apply(struct spec *spec, struct error *err)
{
	json_t *process = spec_member(spec->config, "config.json", "process", JSON_OBJECT, err);
	json_t *env = process ? spec_member(process, "process", "env", JSON_ARRAY, err) : NULL;

	if (!env)
		return -1;
	for (size_t i = 0; spec->image && i < spec->image->env.len; i++)
		json_array_append_new(env, json_string(spec->image->env.items[i]));
	for (size_t i = 0; i < spec->opts->env_file.len; i++)
		if (apply_file(env, spec->opts->env_file.items[i], err) < 0)
			return error_prefix(err, "option --env-file");
	for (size_t i = 0; i < spec->opts->env.len; i++)
		if (check_text(spec->opts->env.items[i], err) < 0 ||
		    set_from_text(env, spec->opts->env.items[i], err) < 0)
			return error_prefix(err, "option --env");
	apply_defaults(spec, env);
	return 0;
}

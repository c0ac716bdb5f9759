/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/config_change.h"

#include "base/alloc.h"
#include "base/nearest.h"
#include "base/number.h"
#include "base/str.h"
#include "oci/dockerfile_word.h"
#include "oci/healthcheck.h"
#include "system/path.h"
#include "system/signal_name.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#define PORT_MAX 65535

/* One instruction with what it is applied to. */
struct change_context {
	struct config_change *change;
	json_t *config; /* "config" of the image; borrowed */
	const char *arguments;
	struct dockerfile_syntax syntax;
};

/* The member of an object, which becomes empty, an array or an object, when it is none. Borrowed. */
static json_t *member_array(json_t *object, const char *name)
{
	if (!json_is_array(json_object_get(object, name)))
		json_object_set_new(object, name, json_array());
	return json_object_get(object, name);
}

static json_t *member_object(json_t *object, const char *name)
{
	if (!json_is_object(json_object_get(object, name)))
		json_object_set_new(object, name, json_object());
	return json_object_get(object, name);
}

static json_t *strings_to_json(const struct strlist *list)
{
	json_t *array = json_array();

	for (size_t i = 0; i < list->len; i++)
		json_array_append_new(array, json_string(list->items[i]));
	return array;
}

/* Where the variable of that name stands in Env, or the array's size. Of several the last counts. */
static size_t find_variable(const json_t *env, const char *name, size_t len)
{
	for (size_t i = json_array_size(env); i-- > 0;) {
		const char *entry = json_text(json_array_get(env, i));

		if (entry && strncmp(entry, name, len) == 0 && entry[len] == '=')
			return i;
	}
	return json_array_size(env);
}

static const char *get_variable(const void *data, const char *name, size_t len)
{
	const struct change_context *context = data;
	const json_t *env = json_object_get(context->config, "Env");
	size_t index = find_variable(env, name, len);

	return index < json_array_size(env) ? json_text(json_array_get(env, index)) + len + 1
					    : NULL;
}

static int change_env(struct change_context *context, struct error *err)
{
	autostrlist struct strlist pairs = STRLIST_INIT;
	json_t *env;

	if (dockerfile_read_pairs(context->arguments, &context->syntax, &pairs, err) < 0)
		return -1;
	env = member_array(context->config, "Env");
	for (size_t i = 0; i < pairs.len; i += 2) {
		const char *name = pairs.items[i];
		autofree char *entry = xasprintf("%s=%s", name, pairs.items[i + 1]);
		size_t index = find_variable(env, name, strlen(name));

		if (index < json_array_size(env))
			json_array_set_new(env, index, json_string(entry));
		else
			json_array_append_new(env, json_string(entry));
	}
	return 0;
}

/* Such a key stands for another one here (format/json_odd.h). */
static int check_label(const char *name, struct error *err)
{
	if (!str_starts_with(name, "\xef\xbf\xbf"))
		return 0;
	return error_set(err, ERROR_USAGE, "a label begins with U+FFFF, which is no character");
}

static int change_label(struct change_context *context, struct error *err)
{
	autostrlist struct strlist pairs = STRLIST_INIT;
	json_t *labels;

	if (dockerfile_read_pairs(context->arguments, &context->syntax, &pairs, err) < 0)
		return -1;
	for (size_t i = 0; i < pairs.len; i += 2)
		if (check_label(pairs.items[i], err) < 0)
			return -1;
	labels = member_object(context->config, "Labels");
	for (size_t i = 0; i < pairs.len; i += 2)
		json_object_set_new(labels, pairs.items[i], json_string(pairs.items[i + 1]));
	return 0;
}

/* The command that the arguments are, new: an array's strings, or the shell's with the text. */
static json_t *read_command(struct change_context *context, struct error *err)
{
	autostrlist struct strlist words = STRLIST_INIT;
	const json_t *shell = json_object_get(context->config, "Shell");
	int is_array = dockerfile_read_array(context->arguments, &words, err);
	json_t *command;

	if (is_array < 0)
		return NULL;
	if (is_array)
		return strings_to_json(&words);
	if (!*context->arguments)
		return json_array();
	command = json_array_size(shell) ? json_deep_copy(shell)
					 : json_pack("[s, s]", "/bin/sh", "-c");
	json_array_append_new(command, json_string(context->arguments));
	return command;
}

static int change_cmd(struct change_context *context, struct error *err)
{
	json_t *command = read_command(context, err);

	if (!command)
		return -1;
	json_object_set_new(context->config, "Cmd", command);
	context->change->has_cmd = true;
	return 0;
}

static int change_entrypoint(struct change_context *context, struct error *err)
{
	json_t *command = read_command(context, err);

	if (!command)
		return -1;
	json_object_set_new(context->config, "Entrypoint", command);
	if (!context->change->has_cmd)
		json_object_del(context->config, "Cmd");
	return 0;
}

static int change_shell(struct change_context *context, struct error *err)
{
	autostrlist struct strlist words = STRLIST_INIT;
	int is_array = dockerfile_read_array(context->arguments, &words, err);

	if (is_array < 0)
		return -1;
	if (!is_array || !words.len)
		return error_set(err, ERROR_USAGE,
				 "expected a JSON array like [\"/bin/sh\", \"-c\"]");
	json_object_set_new(context->config, "Shell", strings_to_json(&words));
	return 0;
}

/* The arguments as one value with its variables expanded, new. */
static char *read_value(const struct change_context *context, struct error *err)
{
	autofree char *value = dockerfile_expand(context->arguments, &context->syntax, err);

	if (value && *value)
		return steal(&value);
	if (value)
		error_set(err, ERROR_USAGE, "expected a value, got nothing");
	return NULL;
}

static int change_user(struct change_context *context, struct error *err)
{
	autofree char *user = read_value(context, err);

	if (!user)
		return -1;
	json_object_set_new(context->config, "User", json_string(user));
	return 0;
}

static int change_workdir(struct change_context *context, struct error *err)
{
	const char *before = json_text(json_object_get(context->config, "WorkingDir"));
	autofree char *directory = read_value(context, err);
	autofree char *joined = NULL;
	autostr struct str path = STR_INIT;

	if (!directory)
		return -1;
	joined = *directory == '/' ? xstrdup(directory)
				   : xasprintf("%s/%s", before ? before : "", directory);
	str_append_char(&path, '/');
	path_clean(joined, PATH_DOTDOT_FOLDED, &path);
	json_object_set_new(context->config, "WorkingDir", json_string(path.data));
	return 0;
}

static int change_stopsignal(struct change_context *context, struct error *err)
{
	autofree char *name = read_value(context, err);

	if (!name || signal_name_parse(name, err) < 0)
		return -1;
	json_object_set_new(context->config, "StopSignal", json_string(name));
	return 0;
}

/* "80" or "80-90": the first and the last. */
static int parse_ports(const char *text, uint64_t *ret_first, uint64_t *ret_last, struct error *err)
{
	const char *dash = strchr(text, '-');
	autofree char *first = xstrndup(text, dash ? (size_t)(dash - text) : strlen(text));

	if (number_parse(first, PORT_MAX, ret_first, err) < 0 ||
	    number_parse(dash ? dash + 1 : text, PORT_MAX, ret_last, err) < 0)
		return -1;
	if (*ret_first == 0 || *ret_last < *ret_first)
		return error_set(err, ERROR_USAGE, "expected ports from 1 to %d, the lower first",
				 PORT_MAX);
	return 0;
}

/* "80", "80/udp", "8000-8010/tcp" into the set of ports. */
static int add_ports(const char *word, json_t *ports, struct error *err)
{
	static const char *const protocols[] = { "tcp", "udp", "sctp" };
	const char *slash = strchr(word, '/');
	autofree char *numbers = xstrndup(word, slash ? (size_t)(slash - word) : strlen(word));
	const char *protocol = slash ? NULL : "tcp";
	uint64_t first;
	uint64_t last;

	for (size_t i = 0; slash && i < array_size(protocols); i++)
		if (strcasecmp(slash + 1, protocols[i]) == 0)
			protocol = protocols[i];
	if (!protocol)
		return error_set(err, ERROR_USAGE, "'%s': expected /tcp, /udp or /sctp", word);
	if (strchr(numbers, ':')) {
		error_set(err, ERROR_USAGE, "'%s' names a port of the host", word);
		return error_hint(err, "an image names its own ports alone");
	}
	if (parse_ports(numbers, &first, &last, err) < 0)
		return error_prefix(err, "'%s'", word);
	for (uint64_t port = first; port <= last; port++) {
		autofree char *name = xasprintf("%" PRIu64 "/%s", port, protocol);

		json_object_set_new(ports, name, json_object());
	}
	return 0;
}

/* Append the words, each expanded. One whose variables are several words is several. */
static int read_words(const struct change_context *context, struct strlist *ret, struct error *err)
{
	autostrlist struct strlist words = STRLIST_INIT;

	dockerfile_split(context->arguments, context->syntax.escape, &words);
	for (size_t i = 0; i < words.len; i++) {
		char *word = dockerfile_expand(words.items[i], &context->syntax, err);

		if (!word)
			return -1;
		strlist_take(ret, word);
	}
	return ret->len ? 0 : error_set(err, ERROR_USAGE, "expected a value, got nothing");
}

static int change_expose(struct change_context *context, struct error *err)
{
	autostrlist struct strlist words = STRLIST_INIT;
	autojson json_t *ports = json_object();

	if (read_words(context, &words, err) < 0)
		return -1;
	for (size_t i = 0; i < words.len; i++) {
		autostrlist struct strlist parts = STRLIST_INIT;

		dockerfile_split(words.items[i], context->syntax.escape, &parts);
		for (size_t k = 0; k < parts.len; k++)
			if (add_ports(parts.items[k], ports, err) < 0)
				return -1;
	}
	json_object_update(member_object(context->config, "ExposedPorts"), ports);
	return 0;
}

static int read_volumes(const struct change_context *context, struct strlist *ret,
			struct error *err)
{
	autostrlist struct strlist words = STRLIST_INIT;
	int is_array = dockerfile_read_array(context->arguments, &words, err);

	if (is_array < 0)
		return -1;
	if (!is_array)
		return read_words(context, ret, err);
	for (size_t i = 0; i < words.len; i++) {
		char *word = dockerfile_expand(words.items[i], &context->syntax, err);

		if (!word)
			return -1;
		strlist_take(ret, word);
	}
	return ret->len ? 0 : error_set(err, ERROR_USAGE, "expected a path, got none");
}

static int change_volume(struct change_context *context, struct error *err)
{
	autostrlist struct strlist paths = STRLIST_INIT;
	json_t *volumes;

	if (read_volumes(context, &paths, err) < 0)
		return -1;
	for (size_t i = 0; i < paths.len; i++)
		if (paths.items[i][0] != '/')
			return error_set(err, ERROR_USAGE, "'%s' is no absolute path",
					 paths.items[i]);
	volumes = member_object(context->config, "Volumes");
	for (size_t i = 0; i < paths.len; i++)
		json_object_set_new(volumes, paths.items[i], json_object());
	return 0;
}

static int change_healthcheck(struct change_context *context, struct error *err)
{
	json_t *healthcheck = healthcheck_read(context->arguments, err);

	if (!healthcheck)
		return -1;
	json_object_set_new(context->config, "Healthcheck", healthcheck);
	return 0;
}

static int change_maintainer(struct change_context *context, struct error *err)
{
	if (!*context->arguments)
		return error_set(err, ERROR_USAGE, "expected a name, got nothing");
	json_object_set_new(context->change->image, "author", json_string(context->arguments));
	return 0;
}

static int change_onbuild(struct change_context *context, struct error *err);

struct instruction {
	const char *name;
	int (*apply)(struct change_context *context, struct error *err); /* NULL: refused */
	const char *hint; /* of a refused one */
	bool not_on_build;
};

#define HINT_OF_FILES "change files in the container, then commit it"
static const struct instruction instructions[] = {
	{ "ADD", NULL, HINT_OF_FILES, false },
	{ "ARG", NULL, "ENV sets a variable", false },
	{ "CMD", change_cmd, NULL, false },
	{ "COPY", NULL, HINT_OF_FILES, false },
	{ "ENTRYPOINT", change_entrypoint, NULL, false },
	{ "ENV", change_env, NULL, false },
	{ "EXPOSE", change_expose, NULL, false },
	{ "FROM", NULL, "the base is the container's image", true },
	{ "HEALTHCHECK", change_healthcheck, NULL, false },
	{ "LABEL", change_label, NULL, false },
	{ "MAINTAINER", change_maintainer, NULL, true },
	{ "ONBUILD", change_onbuild, NULL, true },
	{ "RUN", NULL, HINT_OF_FILES, false },
	{ "SHELL", change_shell, NULL, false },
	{ "STOPSIGNAL", change_stopsignal, NULL, false },
	{ "USER", change_user, NULL, false },
	{ "VOLUME", change_volume, NULL, false },
	{ "WORKDIR", change_workdir, NULL, false },
};

static const struct instruction *find_instruction(const char *name, size_t len, struct error *err)
{
	autofree char *upper = xstrndup(name, len);
	struct nearest nearest;

	for (char *c = upper; *c; c++)
		*c = (char)toupper((unsigned char)*c);
	nearest = nearest_to(upper);
	for (size_t i = 0; i < array_size(instructions); i++) {
		if (strcmp(instructions[i].name, upper) == 0)
			return &instructions[i];
		nearest_offer(&nearest, instructions[i].name);
	}
	error_set(err, ERROR_USAGE, "there is no instruction '%.*s'", (int)(len < 80 ? len : 80),
		  name);
	nearest_hint(&nearest, "", err);
	error_default_hint(
		err,
		"instructions are those of a Dockerfile, as CMD, ENTRYPOINT, ENV, LABEL, USER and WORKDIR");
	return NULL;
}

/* What the builders of images from this one do first: it is kept as it is written. */
static int change_onbuild(struct change_context *context, struct error *err)
{
	const char *trigger = context->arguments;
	size_t len = strcspn(trigger, DOCKERFILE_BLANKS);
	const struct instruction *instruction = find_instruction(trigger, len, err);

	if (!instruction)
		return -1;
	if (instruction->not_on_build)
		return error_set(err, ERROR_USAGE, "%s cannot be done on a build",
				 instruction->name);
	json_array_append_new(member_array(context->config, "OnBuild"), json_string(trigger));
	return 0;
}

/* Append text with the lines joined that end with the escape character, and without blanks at either end. A line
 * that goes on behind another one is not joined: -1. */
static int join_lines(const char *text, char escape, struct str *ret)
{
	text += strspn(text, DOCKERFILE_BLANKS);
	while (*text) {
		size_t len = strcspn(text, "\n");
		size_t end = len;

		while (end && strchr(" \t\r", text[end - 1]))
			end--;
		if (text[len] && end && text[end - 1] == escape) {
			str_append_bytes(ret, text, end - 1);
			text += len + 1;
			continue;
		}
		str_append_bytes(ret, text, end);
		text += len + strspn(text + len, DOCKERFILE_BLANKS);
		if (*text)
			return -1;
	}
	return 0;
}

static int apply_instruction(struct config_change *change, const char *text, struct error *err)
{
	size_t len = strcspn(text, DOCKERFILE_BLANKS "=");
	const struct instruction *instruction = find_instruction(text, len, err);
	json_t *config = member_object(change->image, "config");
	const char *arguments = text + len + (text[len] == '=');
	struct change_context context = { change, config, NULL, { DOCKERFILE_ESCAPE, NULL, NULL } };

	if (!instruction)
		return -1;
	context.arguments = arguments + strspn(arguments, DOCKERFILE_BLANKS);
	context.syntax.get = get_variable;
	context.syntax.data = &context;
	if (!instruction->apply) {
		error_set(err, ERROR_USAGE, "%s changes more than the config", instruction->name);
		return error_hint(err, "%s", instruction->hint);
	}
	return instruction->apply(&context, err) < 0 ? error_prefix(err, "%s", instruction->name)
						     : 0;
}

int config_change_apply(struct config_change *change, const char *instruction, struct error *err)
{
	autostr struct str text = STR_INIT;

	if (json_check_text(instruction, err) < 0)
		return -1;
	if (join_lines(instruction, DOCKERFILE_ESCAPE, &text) < 0)
		return error_set(err, ERROR_USAGE, "'%.80s' has several lines", instruction);
	if (!text.len)
		return error_set(err, ERROR_USAGE, "expected an instruction, got nothing");
	return apply_instruction(change, text.data, err);
}

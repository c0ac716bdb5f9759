/* SPDX-License-Identifier: Apache-2.0 */
#include "mount_request.h"

#include "mount.h"

#include "base/alloc.h"
#include "base/nearest.h"
#include "base/str.h"

#include <string.h>
#include <unistd.h>

/* What a tmpfs has unless its options say otherwise. */
#define TMPFS_OPTIONS "nosuid,nodev,noexec"

void mount_request_release(struct mount_request *request)
{
	if (!request)
		return;
	free(request->source);
	free(request->destination);
	json_decref(request->options);
	*request = (struct mount_request)MOUNT_REQUEST_INIT;
}

/* The kind of mount that a request becomes: a volume is bound. */
static enum mount_kind request_mount_kind(const struct mount_request *request)
{
	return request->kind == MOUNT_REQUEST_TMPFS ? MOUNT_TMPFS : MOUNT_BIND;
}

static int add_option(struct mount_request *request, const char *option,
		      const struct identity *identity, struct error *err)
{
	/* SELinux labels: without SELinux there is nothing to relabel, so that is granted. */
	if (request->kind != MOUNT_REQUEST_TMPFS && strcasecmp(option, "z") == 0) {
		if (access("/sys/fs/selinux/enforce", F_OK) < 0)
			return 0;
		return error_set(err, ERROR_FAILED,
				 "mount option '%s': relabelling for SELinux is not supported",
				 option);
	}
	return mount_option_add(request->options, request_mount_kind(request), option, identity,
				err);
}

/* list is comma-separated; NULL is an empty one. */
static int add_option_list(struct mount_request *request, const char *list,
			   const struct identity *identity, struct error *err)
{
	while (list && *list) {
		size_t len = strcspn(list, ",");
		autofree char *option = xstrndup(list, len);

		if (len && add_option(request, option, identity, err) < 0)
			return -1;
		list += len + (list[len] == ',');
	}
	return 0;
}

static int set_destination(struct mount_request *request, const char *text, struct error *err)
{
	free(request->destination);
	request->destination = mount_destination(text, err);
	return request->destination ? 0 : -1;
}

int mount_request_init(enum mount_request_kind kind, const char *destination, const char *options,
		       const struct identity *identity, struct mount_request *ret,
		       struct error *err)
{
	ret->kind = kind;
	ret->options = json_array();
	if (set_destination(ret, destination, err) < 0)
		return -1;
	return add_option_list(ret, options, identity, err);
}

/* A source that is spelled as a path; any other is a volume's name. */
static bool is_path(const char *source)
{
	return source[0] == '/' || strcmp(source, ".") == 0 || strcmp(source, "..") == 0 ||
	       str_starts_with(source, "./") || str_starts_with(source, "../");
}

int mount_request_parse_volume(const char *text, const struct identity *identity,
			       struct mount_request *ret, struct error *err)
{
	autofree char *copy = xstrdup(text);
	char *destination = strchr(copy, ':');
	char *options = NULL;

	if (destination) {
		*destination++ = '\0';
		options = strchr(destination, ':');
		if (options)
			*options++ = '\0';
	}
	if (destination && !*copy)
		return error_set(err, ERROR_USAGE, "the source is empty");
	if (destination && *destination != '/' && !options && *copy == '/') {
		options = destination; /* an anonymous volume: /data:ro */
		destination = NULL;
	}
	ret->source = destination ? xstrdup(copy) : NULL;
	return mount_request_init(destination && is_path(copy) ? MOUNT_REQUEST_BIND
							       : MOUNT_REQUEST_VOLUME,
				  destination ? destination : copy, options, identity, ret, err);
}

int mount_request_parse_tmpfs(const char *text, const struct identity *identity,
			      struct mount_request *ret, struct error *err)
{
	size_t len = strcspn(text, ":");
	autofree char *destination = xstrndup(text, len);

	if (mount_request_init(MOUNT_REQUEST_TMPFS, destination, TMPFS_OPTIONS, identity, ret,
			       err) < 0)
		return -1;
	return add_option_list(ret, text[len] ? text + len + 1 : NULL, identity, err);
}

/* The next field of a comma-separated line; "..." may quote one that has commas. New, or NULL. */
static char *next_field(const char **text)
{
	autostr struct str field = STR_INIT;
	bool quoted = **text == '"';
	const char *p = *text + quoted;

	if (!**text)
		return NULL;
	while (*p && (quoted || *p != ',')) {
		if (quoted && p[0] == '"') {
			if (p[1] != '"') {
				quoted = false;
				p++;
				continue;
			}
			p++;
		}
		str_append_char(&field, *p++);
	}
	*text = p + (*p == ',');
	return str_steal(&field);
}

static int unknown_type(const char *value, const char *const *types, size_t n, struct error *err)
{
	struct nearest nearest = nearest_to(value);

	for (size_t i = 0; i < n; i++)
		nearest_offer(&nearest, types[i]);
	error_set(err, ERROR_USAGE, "type: expected bind, tmpfs or volume, got '%s'", value);
	return nearest_hint(&nearest, "", err);
}

/* The type field of --mount, wherever it stands, because the other fields depend on it. */
static int find_mount_type(const char *text, enum mount_request_kind *ret, struct error *err)
{
	static const char *const types[] = { [MOUNT_REQUEST_BIND] = "bind",
					     [MOUNT_REQUEST_VOLUME] = "volume",
					     [MOUNT_REQUEST_TMPFS] = "tmpfs" };
	char *field;

	*ret = MOUNT_REQUEST_VOLUME;
	for (; (field = next_field(&text)); free(field)) {
		const char *value = field + strlen("type=");
		size_t i = 0;

		if (!str_starts_with(field, "type="))
			continue;
		while (i < array_size(types) && strcmp(types[i], value) != 0)
			i++;
		if (i == array_size(types)) {
			unknown_type(value, types, array_size(types), err);
			free(field);
			return -1;
		}
		*ret = i;
	}
	return 0;
}

static bool key_is(const char *key, const char *const *names)
{
	for (; *names; names++)
		if (strcmp(key, *names) == 0)
			return true;
	return false;
}

/* The mount option that KEY[=VALUE] of --mount stands for: new; "" for none. Docker's own keys
 * first; any other is an option as Podman spells it ("noexec"), which the whitelist may refuse. */
static char *option_of_field(const struct mount_request *request, const char *key,
			     const char *value)
{
	static const char *const readonly[] = { "readonly", "ro", NULL };

	if (key_is(key, readonly) && (!value || strcmp(value, "true") == 0))
		return xstrdup("ro");
	if (key_is(key, readonly) && strcmp(value, "false") == 0)
		return xstrdup("");
	if (strcmp(key, "bind-propagation") == 0 && value && request->kind != MOUNT_REQUEST_TMPFS)
		return xstrdup(value);
	if (strcmp(key, "bind-nonrecursive") == 0 && (!value || strcmp(value, "true") == 0))
		return xstrdup("bind");
	if (str_starts_with(key, "tmpfs-") && value && request->kind == MOUNT_REQUEST_TMPFS)
		key += strlen("tmpfs-");
	return value ? xasprintf("%s=%s", key, value) : xstrdup(key);
}

/* One KEY[=VALUE] of --mount but type, which is known by now. */
static int set_mount_field(struct mount_request *request, const char *key, const char *value,
			   const struct identity *identity, struct error *err)
{
	static const char *const sources[] = { "source", "src", NULL };
	static const char *const destinations[] = { "target", "destination", "dst", NULL };
	autofree char *option = NULL;

	if (strcmp(key, "type") == 0)
		return 0;
	if (key_is(key, sources) && value && request->kind != MOUNT_REQUEST_TMPFS) {
		free(request->source);
		request->source = xstrdup(value);
		return 0;
	}
	if (key_is(key, destinations) && value)
		return set_destination(request, value, err);
	option = option_of_field(request, key, value);
	return *option ? add_option(request, option, identity, err) : 0;
}

int mount_request_parse_mount(const char *text, const struct identity *identity,
			      struct mount_request *ret, struct error *err)
{
	char *field;
	int status = 0;

	if (find_mount_type(text, &ret->kind, err) < 0)
		return -1;
	ret->options = json_array();
	if (ret->kind == MOUNT_REQUEST_TMPFS)
		add_option_list(ret, TMPFS_OPTIONS, identity, NULL);
	for (; status == 0 && (field = next_field(&text)); free(field)) {
		char *value = strchr(field, '=');

		if (value)
			*value++ = '\0';
		status = set_mount_field(ret, field, value, identity, err);
	}
	if (status < 0)
		return -1;
	if (!ret->destination)
		return error_set(err, ERROR_USAGE, "target is missing");
	if (ret->kind == MOUNT_REQUEST_BIND && !ret->source)
		return error_set(err, ERROR_USAGE, "source is missing");
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "volume.h"

#include "mount.h"

#include "base/alloc.h"

#include <limits.h>
#include <string.h>
#include <sys/stat.h>

/* One wish, however it was written. */
struct wish {
	enum { WISH_BIND, WISH_VOLUME, WISH_TMPFS } kind;
	char *source; /* path or volume name; NULL: anonymous volume */
	char *destination;
	json_t *options;
};

static void wish_release(struct wish *w)
{
	free(w->source);
	free(w->destination);
	json_decref(w->options);
}
#define autowish autocleanup(wish_release)

static enum mount_kind kind_of(const struct wish *w)
{
	return w->kind == WISH_TMPFS ? MOUNT_TMPFS : MOUNT_BIND;
}

static int add_option(struct spec *spec, struct wish *w, const char *option, struct error *err)
{
	/* SELinux labels: without SELinux there is nothing to relabel, and that is all right. */
	if (w->kind != WISH_TMPFS && strcasecmp(option, "z") == 0) {
		if (access("/sys/fs/selinux/enforce", F_OK) < 0)
			return 0;
		return error_set(err, ERROR_FAILED,
				 "mount option '%s': relabelling for SELinux is not supported",
				 option);
	}
	return mount_add_option(w->options, kind_of(w), option, &spec->identity, err);
}

static int add_options(struct spec *spec, struct wish *w, const char *list, struct error *err)
{
	while (list && *list) {
		size_t len = strcspn(list, ",");
		autofree char *option = xstrndup(list, len);

		if (len && add_option(spec, w, option, err) < 0)
			return -1;
		list += len + (list[len] == ',');
	}
	return 0;
}

static bool is_path(const char *source)
{
	return source[0] == '/' || strcmp(source, ".") == 0 || strcmp(source, "..") == 0 ||
	       str_starts_with(source, "./") || str_starts_with(source, "../");
}

/* Where a bind comes from must be there: a typing error is no new directory. */
static char *find_source(const char *source, struct error *err)
{
	char *absolute = realpath(source, NULL);

	if (absolute)
		return absolute;
	error_errno(err, "mount source '%s'", source);
	if (err && errno == ENOENT)
		err->code = ERROR_NOT_FOUND;
	error_hint(err, "make it first, or mount a volume by its name: -v NAME:%s", "/data");
	return NULL;
}

static void set_default_option(struct spec *spec, struct wish *w, const char *const *group,
			       const char *option)
{
	for (; *group; group++)
		for (size_t i = 0; i < json_array_size(w->options); i++)
			if (strcmp(json_string_value(json_array_get(w->options, i)), *group) == 0)
				return;
	mount_add_option(w->options, kind_of(w), option, &spec->identity, NULL);
}

static json_t *wish_to_mount(struct spec *spec, struct wish *w, struct error *err)
{
	static const char *const binds[] = { "bind", "rbind", NULL };
	static const char *const propagations[] = { "private",    "rprivate",    "shared",
						    "rshared",    "slave",       "rslave",
						    "unbindable", "runbindable", NULL };
	autofree char *source = NULL;
	json_t *mount;

	if (w->kind == WISH_TMPFS) {
		mount = mount_new(w->destination, "tmpfs", "tmpfs", "");
	} else {
		source = w->kind == WISH_BIND ? find_source(w->source, err)
					      : volume_make(spec, w->source, w->destination, err);
		if (!source)
			return NULL;
		set_default_option(spec, w, binds, "rbind");
		set_default_option(spec, w, propagations, "rprivate");
		mount_keep_locked_flags(w->options, source, &spec->identity);
		mount = mount_new(w->destination, "bind", source, "");
	}
	if (!mount) {
		error_set(err, ERROR_USAGE, "'%s' is not valid UTF-8, which a JSON document needs",
			  w->destination);
		return NULL;
	}
	json_object_set(mount, "options", w->options);
	return mount;
}

/* Take the wish into list; the place must be free. */
static int grant(struct spec *spec, struct wish *w, json_t *list, struct error *err)
{
	json_t *mount;

	if (mount_find(list, w->destination))
		return error_set(err, ERROR_USAGE, "two mounts for '%s'", w->destination);
	mount = wish_to_mount(spec, w, err);
	if (!mount)
		return -1;
	json_array_append_new(list, mount);
	return 0;
}

/* [SOURCE:]DESTINATION[:OPTIONS] */
static int add_volume(struct spec *spec, const char *text, json_t *list, struct error *err)
{
	autowish struct wish w = { .options = json_array() };
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
	w.destination = mount_destination(destination ? destination : copy, err);
	if (!w.destination)
		return -1;
	w.kind = destination && is_path(copy) ? WISH_BIND : WISH_VOLUME;
	w.source = destination ? xstrdup(copy) : NULL;
	if (add_options(spec, &w, options, err) < 0)
		return -1;
	return grant(spec, &w, list, err);
}

static int add_tmpfs(struct spec *spec, const char *text, json_t *list, struct error *err)
{
	size_t len = strcspn(text, ":");
	autofree char *place = xstrndup(text, len);
	autowish struct wish w = { .kind = WISH_TMPFS };

	w.options = json_pack("[s, s, s]", "nosuid", "nodev", "noexec");
	w.destination = mount_destination(place, err);
	if (!w.destination || add_options(spec, &w, text[len] ? text + len + 1 : NULL, err) < 0)
		return -1;
	return grant(spec, &w, list, err);
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

static int set_mount_kind(struct wish *w, const char *value, struct error *err)
{
	static const char *const kinds[] = {
		[WISH_BIND] = "bind", [WISH_VOLUME] = "volume", [WISH_TMPFS] = "tmpfs"
	};

	for (size_t i = 0; i < array_size(kinds); i++) {
		if (strcmp(kinds[i], value) == 0) {
			w->kind = i;
			return 0;
		}
	}
	return error_set(err, ERROR_USAGE, "type: expected bind, tmpfs or volume, got '%s'", value);
}

static bool key_is(const char *key, const char *const *names)
{
	for (; *names; names++)
		if (strcmp(key, *names) == 0)
			return true;
	return false;
}

/* One KEY[=VALUE] of --mount but type, which is known by now. */
static int set_mount_field(struct spec *spec, struct wish *w, const char *key, const char *value,
			   struct error *err)
{
	static const char *const sources[] = { "source", "src", NULL };
	static const char *const destinations[] = { "target", "destination", "dst", NULL };
	static const char *const readonly[] = { "readonly", "ro", NULL };
	autofree char *sized = NULL;

	if (strcmp(key, "type") == 0)
		return 0;
	if (key_is(key, sources) && value && w->kind != WISH_TMPFS) {
		free(w->source);
		w->source = xstrdup(value);
		return 0;
	}
	if (key_is(key, destinations) && value) {
		free(w->destination);
		w->destination = mount_destination(value, err);
		return w->destination ? 0 : -1;
	}
	if (key_is(key, readonly) && (!value || strcmp(value, "true") == 0))
		return add_option(spec, w, "ro", err);
	if (key_is(key, readonly) && strcmp(value, "false") == 0)
		return 0;
	if (strcmp(key, "bind-propagation") == 0 && value && w->kind != WISH_TMPFS)
		return add_option(spec, w, value, err);
	if (strcmp(key, "bind-nonrecursive") == 0 && (!value || strcmp(value, "true") == 0))
		return add_option(spec, w, "bind", err);
	if (str_starts_with(key, "tmpfs-") && value && w->kind == WISH_TMPFS) {
		sized = xasprintf("%s=%s", key + strlen("tmpfs-"), value);
		return add_option(spec, w, sized, err);
	}
	/* Podman's way: mount options as keys ("noexec", "U=..." is refused by the whitelist). */
	sized = value ? xasprintf("%s=%s", key, value) : xstrdup(key);
	return add_option(spec, w, sized, err);
}

static int add_mount(struct spec *spec, const char *text, json_t *list, struct error *err)
{
	autowish struct wish w = { .kind = WISH_VOLUME, .options = json_array() };
	char *field;
	int status = 0;

	for (const char *p = text; status == 0 && (field = next_field(&p)); free(field))
		if (str_starts_with(field, "type="))
			status = set_mount_kind(&w, field + strlen("type="), err);
	if (status == 0 && w.kind == WISH_TMPFS)
		add_options(spec, &w, "nosuid,nodev,noexec", NULL);
	for (const char *p = text; status == 0 && (field = next_field(&p)); free(field)) {
		char *value = strchr(field, '=');

		if (value)
			*value++ = '\0';
		status = set_mount_field(spec, &w, field, value, err);
	}
	if (status < 0)
		return -1;
	if (!w.destination)
		return error_set(err, ERROR_USAGE, "target is missing");
	if (w.kind == WISH_BIND && !w.source)
		return error_set(err, ERROR_USAGE, "source is missing");
	return grant(spec, &w, list, err);
}

/* The volumes that the image declares, where no option says something else. */
static int add_image_volumes(struct spec *spec, json_t *list, struct error *err)
{
	for (size_t i = 0; spec->image && i < spec->image->volumes.len; i++) {
		autowish struct wish w = { .kind = WISH_VOLUME, .options = json_array() };

		/* A filter has no place to keep it: what is written there is let go. */
		if (!spec->bundle) {
			w.kind = WISH_TMPFS;
			add_options(spec, &w, "nosuid,nodev", NULL);
		}

		w.destination = mount_destination(spec->image->volumes.items[i], err);
		if (!w.destination)
			return error_prefix(err, "the image's volume");
		if (!mount_find(list, w.destination) && grant(spec, &w, list, err) < 0)
			return error_prefix(err, "the image's volume");
	}
	return 0;
}

static int each(struct spec *spec, const struct strlist *wishes, const char *option,
		int (*add)(struct spec *, const char *, json_t *, struct error *), json_t *list,
		struct error *err)
{
	for (size_t i = 0; i < wishes->len; i++) {
		if (add(spec, wishes->items[i], list, err) < 0)
			return error_prefix(err, "option --%s '%s'", option, wishes->items[i]);
	}
	return 0;
}

int volume_apply(struct spec *spec, struct error *err)
{
	json_t *mounts = spec_member(spec->config, "config.json", "mounts", JSON_ARRAY, err);
	autojson json_t *list = json_array();
	size_t i;
	json_t *mount;

	if (!mounts)
		return -1;
	if (each(spec, &spec->opts->volume, "volume", add_volume, list, err) < 0 ||
	    each(spec, &spec->opts->mount, "mount", add_mount, list, err) < 0 ||
	    each(spec, &spec->opts->tmpfs, "tmpfs", add_tmpfs, list, err) < 0 ||
	    add_image_volumes(spec, list, err) < 0)
		return -1;
	mount_sort(list);
	mount_drop_unreachable(mounts, list);
	json_array_foreach (list, i, mount) {
		mount_put(mounts, json_incref(mount));
	}
	return 0;
}

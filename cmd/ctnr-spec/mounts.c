/* SPDX-License-Identifier: Apache-2.0 */
#include "mounts.h"

#include "mount.h"
#include "mount_request.h"
#include "mount_source.h"
#include "opts.h"
#include "volume.h"

#include "base/alloc.h"
#include "base/message.h"
#include "oci/runtime.h"
#include "oci/runtime_default.h"
#include "system/cgroup.h"
#include "system/path.h"

#include <string.h>

#define FIELD(name) offsetof(struct mounts_opts, name)

const struct option mounts_options[] = {
	{ "volume", 'v', "[SRC:]DST[:OPTS]", "mount a path or a named volume", OPTION_LIST,
	  FIELD(volume) },
	{ "mount", 0, "type=TYPE,...", "mount a bind, tmpfs or volume", OPTION_LIST, FIELD(mount) },
	{ "tmpfs", 0, "DST[:OPTS]", "mount an empty tmpfs", OPTION_LIST, FIELD(tmpfs) },
	OPTION_END,
};

void mounts_apply_sysfs(struct spec *spec, json_t *mounts)
{
	bool own_network = namespace_is_present(spec->config, "network");
	bool can_mount = own_network || (spec->image && spec->identity.real_root) ||
			 (!spec->image && !spec->has_user_namespace);
	const char *write = spec->opts->privileged ? "rw" : can_mount ? "ro" : "rro";
	autofree char *options =
		xasprintf("%snosuid noexec nodev %s", can_mount ? "" : "rbind rprivate ", write);

	mount_put(mounts, runtime_mount_new("/sys", can_mount ? "sysfs" : "bind",
					    can_mount ? "sysfs" : "/sys", options));
}

/* A cgroup mount makes sense where the hierarchy is the unified one. Read-only, but for
 * --privileged (runc 2023-25809). */
static void add_cgroup_mount(const struct spec *spec, json_t *mounts)
{
	if (!cgroup_is_unified() || !namespace_is_present(spec->config, "cgroup"))
		return;
	mount_put(mounts,
		  runtime_mount_new(CGROUP_ROOT, "cgroup", "cgroup",
				    spec->opts->privileged ? "nosuid noexec nodev relatime rw"
							   : "nosuid noexec nodev relatime ro"));
}

int mounts_apply_defaults(struct spec *spec, struct error *err)
{
	json_t *mounts = spec_config_member(spec, "mounts", JSON_ARRAY, err);
	bool has_tty_group = spec->identity.rung != IDENTITY_SINGLE &&
			     idmap_has_inside(&spec->identity.gids, RUNTIME_TTY_GID);
	autojson json_t *defaults = runtime_default_mounts(has_tty_group);
	size_t i;
	json_t *mount;

	if (!mounts)
		return -1;
	json_array_foreach (defaults, i, mount)
		mount_put(mounts, json_incref(mount));
	mounts_apply_sysfs(spec, mounts);
	add_cgroup_mount(spec, mounts);
	return 0;
}

/* Add option unless one of its group is there already. */
static void set_default_option(json_t *options, const char *const *group, const char *option,
			       const struct identity *identity)
{
	for (; *group; group++)
		for (size_t i = 0; i < json_array_size(options); i++)
			if (strcmp(json_string_value(json_array_get(options, i)), *group) == 0)
				return;
	mount_option_add(options, MOUNT_BIND, option, identity, NULL);
}

/* What a bind has unless its options say otherwise. */
static void complete_bind_options(json_t *options, const char *source,
				  const struct identity *identity)
{
	static const char *const binds[] = { "bind", "rbind", NULL };
	static const char *const propagations[] = { "private",    "rprivate",    "shared",
						    "rshared",    "slave",       "rslave",
						    "unbindable", "runbindable", NULL };

	set_default_option(options, binds, "rbind", identity);
	set_default_option(options, propagations, "rprivate", identity);
	mount_option_keep_locked(options, source, identity);
}

static json_t *request_to_mount(struct spec *spec, const struct mount_request *request,
				struct error *err)
{
	autofree char *source = NULL;

	if (json_check_text(request->destination, err) < 0)
		return NULL;
	if (request->kind == MOUNT_REQUEST_TMPFS)
		return runtime_mount_new(request->destination, "tmpfs", "tmpfs", "");
	source = request->kind == MOUNT_REQUEST_BIND
			 ? mount_source_resolve(&spec->identity, request->source, err)
			 : volume_make(spec, request->source, request->destination, err);
	if (!source || json_check_text(source, err) < 0)
		return NULL;
	complete_bind_options(request->options, source, &spec->identity);
	return runtime_mount_new(request->destination, "bind", source, "");
}

/* Add the mount that is asked for to list, where its place must be free. */
static int add_requested(struct spec *spec, const struct mount_request *request, json_t *list,
			 struct error *err)
{
	json_t *mount;

	if (mount_find(list, request->destination))
		return error_set(err, ERROR_USAGE, "two mounts for '%s'", request->destination);
	mount = request_to_mount(spec, request, err);
	if (!mount)
		return -1;
	json_object_set(mount, "options", request->options);
	json_array_append_new(list, mount);
	return 0;
}

static int add_texts(struct spec *spec, const struct strlist *texts, const char *option,
		     mount_request_parser *parse, json_t *list, struct error *err)
{
	for (size_t i = 0; i < texts->len; i++) {
		automountrequest struct mount_request request = MOUNT_REQUEST_INIT;

		if (parse(texts->items[i], &spec->identity, &request, err) < 0 ||
		    add_requested(spec, &request, list, err) < 0)
			return error_prefix(err, "option --%s '%s'", option, texts->items[i]);
	}
	return 0;
}

/* What a volume of the image would hide or replace there, or NULL. path is what the destination is in
 * the root filesystem, where it may be a symlink. */
static const char *volume_refusal(const json_t *mounts, const char *path)
{
	if (strcmp(path, "/") == 0)
		return "it is the root itself";
	if (runtime_is_kernel_path(path))
		return "it would hide what the kernel shows there";
	return mount_find(mounts, path) ? "something else is mounted there" : NULL;
}

/* Where a destination leads in the root filesystem, symlinks resolved as far as they are there: new. */
static char *resolve_in_root(const struct spec *spec, const char *destination)
{
	autostack struct stack parent = STACK_INIT;
	autostackentry struct stack_entry entry = STACK_ENTRY_INIT;
	autostr struct str path = STR_INIT;

	if (!spec->has_root ||
	    stack_resolve(&spec->root, destination, &parent, &entry, &path, NULL) < 0)
		return xstrdup(destination);
	return xasprintf("/%s", path.data);
}

/* Is there a file at path, which has no symlinks, or on the way to it? Not what leads nowhere. */
static bool root_has_file(const struct spec *spec, const char *path)
{
	autofree char *place = xstrdup(path);

	while (spec->has_root && *place) {
		autostack struct stack parent = STACK_INIT;
		autostackentry struct stack_entry entry = STACK_ENTRY_INIT;

		if (stack_resolve(&spec->root, place, &parent, &entry, NULL, NULL) < 0)
			return false;
		if (entry.kind != STACK_ABSENT)
			return entry.kind == STACK_OTHER;
		*strrchr(place, '/') = '\0';
	}
	return false;
}

/* An image may write its volumes relative, and with "..": both begin at the root. New. */
static char *volume_destination(const char *text)
{
	autostr struct str clean = STR_INIT;

	str_append_char(&clean, '/');
	path_clean(text, PATH_DOTDOT_FOLDED, &clean);
	return str_steal(&clean);
}

/* What is asked for, by options first, then by the image. */
struct requests {
	json_t *list; /* the mounts */
	json_t *places; /* of each, where it leads in the root filesystem: an array of strings */
	json_t *taken; /* these places: a set */
};

static void requests_release(struct requests *requests)
{
	json_decref(requests->list);
	json_decref(requests->places);
	json_decref(requests->taken);
}
#define autorequests autocleanup(requests_release)

/* A link may lead to what is no UTF-8. */
static void add_place(struct requests *requests, const char *path)
{
	json_array_append_new(requests->places, json_string_nocheck(path));
	json_object_set_new_nocheck(requests->taken, path, json_true());
}

/* Note where the mounts of options lead. */
static void add_places(const struct spec *spec, struct requests *requests)
{
	size_t i;
	json_t *mount;

	json_array_foreach (requests->list, i, mount) {
		autofree char *path = resolve_in_root(spec, mount_destination_of(mount));

		add_place(requests, path);
	}
}

/* The volumes that the image declares, where no option mounts something else. A filter has no
 * bundle that could keep them: there they are empty tmpfs, whose content ends with the container. */
static int add_image_volume(struct spec *spec, const char *text, const json_t *mounts,
			    struct requests *requests, struct error *err)
{
	automountrequest struct mount_request request = MOUNT_REQUEST_INIT;
	enum mount_request_kind kind = spec->bundle ? MOUNT_REQUEST_VOLUME : MOUNT_REQUEST_TMPFS;
	autofree char *destination = volume_destination(text);
	autofree char *path = resolve_in_root(spec, destination);
	const char *refusal = NULL;

	if (json_object_get(requests->taken, path))
		return 0;
	refusal = volume_refusal(mounts, destination);
	if (!refusal)
		refusal = volume_refusal(mounts, path);
	if (!refusal && root_has_file(spec, path))
		refusal = "a file of the image is there";
	if (refusal) {
		message_warning("the image's volume '%s': %s, ignoring it", text, refusal);
		return 0;
	}
	if (mount_request_init(kind, destination, spec->bundle ? NULL : "nosuid,nodev",
			       &spec->identity, &request, err) < 0 ||
	    add_requested(spec, &request, requests->list, err) < 0)
		return -1;
	add_place(requests, path);
	return 0;
}

/* More volumes than a container can have mounts are refused before one is made. */
static int add_image_volumes(struct spec *spec, const json_t *mounts, struct requests *requests,
			     struct error *err)
{
	const struct strlist *volumes = spec->image ? &spec->image->volumes : NULL;

	if (!volumes)
		return 0;
	if (volumes->len > RUNTIME_MOUNTS_MAX)
		return error_set(err, ERROR_FAILED,
				 "the image has %zu volumes, a container at most %d mounts",
				 volumes->len, RUNTIME_MOUNTS_MAX);
	for (size_t i = 0; i < volumes->len; i++)
		if (add_image_volume(spec, volumes->items[i], mounts, requests, err) < 0)
			return error_prefix(err, "the image's volume");
	return 0;
}

/* Let parents come before children also where a symlink of the image makes them so ("/run/lock" and
 * "/var/run"); the order stays otherwise. */
static void order_by_place(struct requests *requests)
{
	autojson json_t *ordered = json_array();
	size_t i;
	json_t *mount, *place;

	json_array_foreach (requests->list, i, mount) {
		json_t *path = json_array_get(requests->places, i);

		place = json_pack("{s:O, s:O}", "destination", path, "mount", mount);
		/* A link and what it leads to are two mounts at one place. */
		if (place && mount_find(ordered, json_string_value(path)))
			json_array_append_new(ordered, place);
		else if (place)
			mount_put(ordered, place);
	}
	if (json_array_size(ordered) != json_array_size(requests->list))
		return;
	json_array_foreach (ordered, i, place) {
		json_array_set(requests->list, i, json_object_get(place, "mount"));
	}
}

/* The mounts of options, then those of the image's volumes. */
static int gather_requests(struct spec *spec, const json_t *mounts, struct requests *requests,
			   struct error *err)
{
	const struct mounts_opts *opts = &spec->opts->mounts;
	json_t *list = requests->list;

	if (add_texts(spec, &opts->volume, "volume", mount_request_parse_volume, list, err) < 0 ||
	    add_texts(spec, &opts->mount, "mount", mount_request_parse_mount, list, err) < 0 ||
	    add_texts(spec, &opts->tmpfs, "tmpfs", mount_request_parse_tmpfs, list, err) < 0)
		return -1;
	add_places(spec, requests);
	return add_image_volumes(spec, mounts, requests, err);
}

int mounts_apply_requests(struct spec *spec, struct error *err)
{
	json_t *mounts = spec_config_member(spec, "mounts", JSON_ARRAY, err);
	autorequests struct requests requests = { json_array(), json_array(), json_object() };
	size_t i;
	json_t *mount;

	if (!mounts || gather_requests(spec, mounts, &requests, err) < 0)
		return -1;
	if (!json_array_size(requests.list))
		return 0;
	mount_drop_unreachable(mounts, requests.list, &spec->identity);
	order_by_place(&requests);
	json_array_foreach (requests.list, i, mount) {
		mount_put(mounts, json_incref(mount));
	}
	/* Also where a symlink leads a mount to /etc, these stay to be seen. */
	etc_put_last(mounts);
	return 0;
}

void mounts_relate_sources(const struct spec *spec)
{
	size_t i;
	json_t *mount;

	json_array_foreach (json_object_get(spec->config, "mounts"), i, mount) {
		const char *type = json_string_value(json_object_get(mount, "type"));
		const char *source = json_string_value(json_object_get(mount, "source"));
		autofree char *related = NULL;

		if (!spec->bundle || !type || strcmp(type, "bind") != 0 || !source)
			continue;
		related = bundle_relative_path(spec->bundle, source);
		json_object_set_new(mount, "source", json_string(related));
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "mount.h"

#include "mount_source.h"

#include "base/message.h"
#include "base/str.h"
#include "oci/runtime.h"
#include "system/path.h"

#include <string.h>
#include <sys/statvfs.h>

char *mount_destination(const char *text, struct error *err)
{
	autostr struct str clean = STR_INIT;

	if (text[0] != '/') {
		error_set(err, ERROR_USAGE, "'%s' is not an absolute path", text);
		error_hint(err, "the destination is a path inside the container: /data");
		return NULL;
	}
	str_append_char(&clean, '/');
	path_clean(text, PATH_DOTDOT_FOLDED, &clean);
	if (clean.len == 1) {
		error_set(err, ERROR_USAGE, "the root of the container cannot be mounted over");
		return NULL;
	}
	return str_steal(&clean);
}

const char *mount_destination_of(const json_t *mount)
{
	const char *destination = json_string_value(json_object_get(mount, "destination"));

	return destination ? destination : "";
}

static size_t find_mount_index(const json_t *mounts, const char *destination)
{
	size_t i = 0;

	while (i < json_array_size(mounts) &&
	       strcmp(mount_destination_of(json_array_get(mounts, i)), destination) != 0)
		i++;
	return i;
}

json_t *mount_find(const json_t *mounts, const char *destination)
{
	return json_array_get(mounts, find_mount_index(mounts, destination));
}

/* Where a mount at destination hides none: before the first below it, but behind all above it, because
 * these would hide it. */
static size_t find_place(const json_t *mounts, const char *destination)
{
	size_t place = json_array_size(mounts);
	size_t i;
	json_t *mount;

	json_array_foreach (mounts, i, mount) {
		if (path_is_below(mount_destination_of(mount), destination) && i < place)
			place = i;
		if (path_is_below(destination, mount_destination_of(mount)))
			place = json_array_size(mounts);
	}
	return place;
}

void mount_put(json_t *mounts, json_t *mount)
{
	size_t i = find_mount_index(mounts, mount_destination_of(mount));

	if (i < json_array_size(mounts))
		json_array_set_new(mounts, i, mount);
	else
		json_array_insert_new(mounts, find_place(mounts, mount_destination_of(mount)),
				      mount);
}

void mount_put_last(json_t *mounts, const char *destination)
{
	size_t i = find_mount_index(mounts, destination);
	json_t *mount = json_incref(json_array_get(mounts, i));

	if (!mount)
		return;
	json_array_remove(mounts, i);
	json_array_append_new(mounts, mount);
}

static bool has_option(const json_t *mount, const char *option)
{
	size_t i;
	json_t *have;

	json_array_foreach (json_object_get(mount, "options"), i, have) {
		if (json_is_string(have) && strcmp(json_string_value(have), option) == 0)
			return true;
	}
	return false;
}

/* Is nothing made in what is bound there, or can nothing be made in it? */
static bool bind_is_closed(const json_t *bind, const char *source)
{
	struct statvfs fs;

	return runtime_is_kernel_path(mount_destination_of(bind)) || has_option(bind, "ro") ||
	       has_option(bind, "rro") || (statvfs(source, &fs) == 0 && fs.f_flag & ST_RDONLY);
}

/* Does what is bound there have nothing to mount destination on? */
static bool bind_lacks_mount_point(const json_t *bind, const char *destination,
				   const struct identity *identity)
{
	const char *source = json_string_value(json_object_get(bind, "source"));
	const char *type = json_string_value(json_object_get(bind, "type"));
	size_t len = strlen(mount_destination_of(bind));

	if (!source || !type || strcmp(type, "bind") != 0 ||
	    !path_is_below(destination, mount_destination_of(bind)) || !destination[len] ||
	    !bind_is_closed(bind, source))
		return false;
	return !mount_source_has(identity, source, destination + len);
}

/* The mount of added that has no place for a mount at destination, or NULL. */
static const json_t *find_closed_bind(const json_t *added, const char *destination,
				      const struct identity *identity)
{
	const json_t *bind;
	size_t i;

	json_array_foreach (added, i, bind) {
		if (bind_lacks_mount_point(bind, destination, identity))
			return bind;
	}
	return NULL;
}

void mount_drop_unreachable(json_t *mounts, const json_t *added, const struct identity *identity)
{
	for (size_t i = json_array_size(mounts); i-- > 0;) {
		const char *destination = mount_destination_of(json_array_get(mounts, i));
		const json_t *bind = find_closed_bind(added, destination, identity);

		if (!bind)
			continue;
		/* A person's own /dev is as it is on purpose; that the network's files are missing
		 * is no such purpose. */
		if (!runtime_is_kernel_path(mount_destination_of(bind)))
			message_warning(
				"'%s' has no place in what is bound to '%s', leaving it out",
				destination, mount_destination_of(bind));
		json_array_remove(mounts, i);
	}
}

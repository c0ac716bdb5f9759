/* SPDX-License-Identifier: Apache-2.0 */
#include "mount.h"

#include "base/str.h"
#include "system/fd.h"
#include "system/path.h"

#include <fcntl.h>
#include <string.h>

char *mount_destination(const char *text, struct error *err)
{
	autostr struct str clean = STR_INIT;

	if (text[0] != '/') {
		error_set(err, ERROR_USAGE, "'%s' is not an absolute path", text);
		error_hint(err, "the destination is a path inside the container: /data");
		return NULL;
	}
	str_append_char(&clean, '/');
	if (path_clean(text, PATH_DOTDOT_REFUSED, &clean) < 0) {
		error_set(err, ERROR_USAGE, "'%s' contains '..'", text);
		return NULL;
	}
	if (clean.len == 1) {
		error_set(err, ERROR_USAGE, "the root of the container cannot be mounted over");
		return NULL;
	}
	return str_steal(&clean);
}

json_t *mount_new(const char *destination, const char *type, const char *source,
		  const char *options)
{
	json_t *list = json_array();

	for (const char *p = options; *p;) {
		size_t len = strcspn(p, " ");

		json_array_append_new(list, json_stringn(p, len));
		p += len + (p[len] == ' ');
	}
	return json_pack("{s:s, s:s, s:s, s:o}", "destination", destination, "type", type, "source",
			 source, "options", list);
}

static const char *destination_of(const json_t *mount)
{
	const char *destination = json_string_value(json_object_get(mount, "destination"));

	return destination ? destination : "";
}

static size_t find_mount_index(const json_t *mounts, const char *destination)
{
	size_t i = 0;

	while (i < json_array_size(mounts) &&
	       strcmp(destination_of(json_array_get(mounts, i)), destination) != 0)
		i++;
	return i;
}

json_t *mount_find(const json_t *mounts, const char *destination)
{
	return json_array_get(mounts, find_mount_index(mounts, destination));
}

void mount_put(json_t *mounts, json_t *mount)
{
	size_t i = find_mount_index(mounts, destination_of(mount));

	if (i < json_array_size(mounts))
		json_array_set_new(mounts, i, mount);
	else
		json_array_append_new(mounts, mount);
}

/* The rest of path below destination, where something is mounted that belongs to /dev, /proc or
 * /sys; NULL when path is not below, or destination belongs to none of them. */
static const char *path_below_kernel_mount(const char *destination, const char *path)
{
	static const char *const tops[] = { "/dev", "/proc", "/sys" };
	size_t len = strlen(destination);

	if (strncmp(path, destination, len) != 0 || path[len] != '/')
		return NULL;
	for (size_t i = 0; i < array_size(tops); i++)
		if (str_starts_with(destination, tops[i]) &&
		    strchr("/", destination[strlen(tops[i])]))
			return path + len;
	return NULL;
}

/* Does what is bound there have nothing to mount destination on? */
static bool bind_lacks_mount_point(const json_t *bind, const char *destination)
{
	const char *source = json_string_value(json_object_get(bind, "source"));
	const char *type = json_string_value(json_object_get(bind, "type"));
	const char *rest = path_below_kernel_mount(destination_of(bind), destination);
	autoclose int top = -EBADF;
	autoclose int fd = -EBADF;

	if (!rest || !source || !type || strcmp(type, "bind") != 0)
		return false;
	top = open(source, O_PATH | O_CLOEXEC);
	fd = top < 0 ? -1 : path_open(top, rest, O_PATH, 0, PATH_IN_ROOT);
	return fd < 0;
}

void mount_drop_unreachable(json_t *mounts, const json_t *added)
{
	const json_t *bind;
	size_t k;

	for (size_t i = json_array_size(mounts); i-- > 0;) {
		const char *destination = destination_of(json_array_get(mounts, i));
		bool is_unreachable = false;

		json_array_foreach (added, k, bind)
			is_unreachable |= bind_lacks_mount_point(bind, destination);
		if (is_unreachable)
			json_array_remove(mounts, i);
	}
}

static unsigned depth_of(const json_t *mount)
{
	unsigned depth = 0;

	for (const char *p = destination_of(mount); *p; p++)
		depth += *p == '/';
	return depth;
}

void mount_sort(json_t *mounts)
{
	for (size_t i = 1; i < json_array_size(mounts); i++) {
		json_t *moved = json_incref(json_array_get(mounts, i));
		size_t to = i;

		while (to > 0 && depth_of(json_array_get(mounts, to - 1)) > depth_of(moved))
			to--;
		json_array_remove(mounts, i);
		json_array_insert_new(mounts, to, moved);
	}
}

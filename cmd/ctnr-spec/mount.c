/* SPDX-License-Identifier: Apache-2.0 */
#include "mount.h"

#include "namespace.h"

#include "base/alloc.h"
#include "base/number.h"
#include "system/fd.h"
#include "system/path.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>

char *mount_destination(const char *text, struct error *err)
{
	autostr struct str clean = STR_INIT;

	if (text[0] != '/') {
		error_set(err, ERROR_USAGE, "'%s' is not an absolute path", text);
		error_hint(err, "the destination is a path inside the container: /data");
		return NULL;
	}
	for (const char *p = text; *p;) {
		size_t len = strcspn(p, "/");

		if (len == 2 && p[0] == '.' && p[1] == '.') {
			error_set(err, ERROR_USAGE, "'%s' contains '..'", text);
			return NULL;
		}
		if (len && !(len == 1 && *p == '.')) {
			str_append_char(&clean, '/');
			str_append_bytes(&clean, p, len);
		}
		p += len + (p[len] == '/');
	}
	if (!clean.len) {
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

static size_t find_index(const json_t *mounts, const char *destination)
{
	size_t i = 0;

	while (i < json_array_size(mounts) &&
	       strcmp(destination_of(json_array_get(mounts, i)), destination) != 0)
		i++;
	return i;
}

json_t *mount_find(const json_t *mounts, const char *destination)
{
	return json_array_get(mounts, find_index(mounts, destination));
}

void mount_put(json_t *mounts, json_t *mount)
{
	size_t i = find_index(mounts, destination_of(mount));

	if (i < json_array_size(mounts))
		json_array_set_new(mounts, i, mount);
	else
		json_array_append_new(mounts, mount);
}

/* What is left of path below one of the kernel's directories that is mounted at destination; NULL:
 * it is not below. */
static const char *below_kernels(const char *destination, const char *path)
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

static bool lacks_mount_point(const json_t *bind, const char *destination)
{
	const char *source = json_string_value(json_object_get(bind, "source"));
	const char *type = json_string_value(json_object_get(bind, "type"));
	const char *rest = below_kernels(destination_of(bind), destination);
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
			is_unreachable |= lacks_mount_point(bind, destination);
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

enum option_value {
	VALUE_NONE,
	VALUE_SIZE, /* bytes with suffix, or a percentage */
	VALUE_MODE, /* octal */
	VALUE_UID,
	VALUE_GID,
	VALUE_COUNT,
};

#define BIND (1U << MOUNT_BIND)
#define TMPFS (1U << MOUNT_TMPFS)

/*
 * The whitelist. Options of one group exclude each other: the last one written stands. What is not
 * here (remount, move, dev=, context=...) is for runtimes and not for people.
 */
static const struct mount_option {
	const char *name;
	unsigned kinds;
	enum option_value value;
	int group; /* 0: none */
} mount_options[] = {
	{ "ro", BIND | TMPFS, VALUE_NONE, 1 },
	{ "rw", BIND | TMPFS, VALUE_NONE, 1 },
	{ "rro", BIND, VALUE_NONE, 1 },
	{ "bind", BIND, VALUE_NONE, 2 },
	{ "rbind", BIND, VALUE_NONE, 2 },
	{ "private", BIND, VALUE_NONE, 3 },
	{ "rprivate", BIND, VALUE_NONE, 3 },
	{ "slave", BIND, VALUE_NONE, 3 },
	{ "rslave", BIND, VALUE_NONE, 3 },
	{ "shared", BIND, VALUE_NONE, 3 },
	{ "rshared", BIND, VALUE_NONE, 3 },
	{ "unbindable", BIND, VALUE_NONE, 3 },
	{ "runbindable", BIND, VALUE_NONE, 3 },
	{ "suid", BIND | TMPFS, VALUE_NONE, 4 },
	{ "nosuid", BIND | TMPFS, VALUE_NONE, 4 },
	{ "dev", BIND | TMPFS, VALUE_NONE, 5 },
	{ "nodev", BIND | TMPFS, VALUE_NONE, 5 },
	{ "exec", BIND | TMPFS, VALUE_NONE, 6 },
	{ "noexec", BIND | TMPFS, VALUE_NONE, 6 },
	{ "noatime", BIND | TMPFS, VALUE_NONE, 7 },
	{ "relatime", BIND | TMPFS, VALUE_NONE, 7 },
	{ "strictatime", BIND | TMPFS, VALUE_NONE, 7 },
	{ "nodiratime", BIND | TMPFS, VALUE_NONE, 0 },
	{ "size", TMPFS, VALUE_SIZE, 8 },
	{ "mode", TMPFS, VALUE_MODE, 9 },
	{ "uid", TMPFS, VALUE_UID, 10 },
	{ "gid", TMPFS, VALUE_GID, 11 },
	{ "nr_inodes", TMPFS, VALUE_COUNT, 12 },
};

static const struct mount_option *find_option(const char *text, unsigned kind)
{
	size_t len = strcspn(text, "=");

	for (size_t i = 0; i < array_size(mount_options); i++) {
		const struct mount_option *o = &mount_options[i];

		if (strncmp(o->name, text, len) == 0 && !o->name[len] && (o->kinds & kind) &&
		    (o->value == VALUE_NONE) == !text[len])
			return o;
	}
	return NULL;
}

static int check_id(const struct idmap *map, const char *text, struct error *err)
{
	uint64_t id;

	if (number_parse(text, UINT32_MAX - 1, &id, err) < 0)
		return -1;
	if (!idmap_has_inside(map, (uint32_t)id))
		return error_set(err, ERROR_FAILED, "ID %s is not mapped for this user", text);
	return 0;
}

static int check_value(const struct mount_option *o, const char *text,
		       const struct identity *identity, struct error *err)
{
	size_t len = strlen(text);
	uint64_t number;

	switch (o->value) {
	case VALUE_NONE:
		return 0;
	case VALUE_SIZE:
		if (len > 1 && text[len - 1] == '%' && strspn(text, "0123456789") == len - 1)
			return 0;
		/* The kernel has no "b" (bytes). */
		if (len && (text[len - 1] == 'b' || text[len - 1] == 'B'))
			return error_set(err, ERROR_USAGE, "expected a size such as 64m, got '%s'",
					 text);
		return number_parse_size(text, INT64_MAX, &number, err);
	case VALUE_MODE:
		return number_parse_octal(text, 07777, &number, err);
	case VALUE_UID:
		return check_id(&identity->uids, text, err);
	case VALUE_GID:
		return check_id(&identity->gids, text, err);
	case VALUE_COUNT:
		return number_parse(text, INT64_MAX, &number, err);
	}
	return 0;
}

static void remove_group(json_t *options, unsigned kind, int group)
{
	for (size_t i = 0; group && i < json_array_size(options);) {
		const struct mount_option *have =
			find_option(json_string_value(json_array_get(options, i)), kind);

		if (have && have->group == group)
			json_array_remove(options, i);
		else
			i++;
	}
}

int mount_add_option(json_t *options, enum mount_kind kind, const char *option,
		     const struct identity *identity, struct error *err)
{
	const struct mount_option *o = find_option(option, 1U << kind);
	const char *value = option + strcspn(option, "=");

	if (!o) {
		autostr struct str known = STR_INIT;

		for (size_t i = 0; i < array_size(mount_options); i++)
			if (mount_options[i].kinds & 1U << kind)
				str_appendf(&known, "%s%s%s", known.len ? ", " : "",
					    mount_options[i].name,
					    mount_options[i].value == VALUE_NONE ? "" : "=");
		error_set(err, ERROR_USAGE, "unknown mount option '%s'", option);
		return error_hint(err, "there are: %s", known.data);
	}
	if (check_value(o, *value ? value + 1 : "", identity, err) < 0)
		return error_prefix(err, "mount option '%s'", o->name);
	remove_group(options, 1U << kind, o->group);
	json_array_append_new(options, json_string(option));
	return 0;
}

/*
 * In a user namespace a mount keeps the flags that its filesystem has outside (mount_namespaces(7),
 * locked): a remount without them is refused, so they are said again whenever something makes the
 * runtime remount.
 */
void mount_keep_locked_flags(json_t *options, const char *source, const struct identity *identity)
{
	static const struct {
		unsigned long flag;
		const char *option;
	} flags[] = { { ST_NOSUID, "nosuid" }, { ST_NODEV, "nodev" }, { ST_NOEXEC, "noexec" } };
	bool remounts = false;
	struct statvfs fs;

	for (size_t i = 0; i < json_array_size(options); i++) {
		const char *option = json_string_value(json_array_get(options, i));

		remounts |= str_starts_with(option, "no") || strcmp(option, "ro") == 0 ||
			    str_ends_with(option, "atime");
	}
	if (identity->real_root || !remounts || statvfs(source, &fs) < 0)
		return;
	for (size_t i = 0; i < array_size(flags); i++)
		if (fs.f_flag & flags[i].flag)
			mount_add_option(options, MOUNT_BIND, flags[i].option, identity, NULL);
}

void mount_apply_sysfs(struct spec *spec, json_t *mounts)
{
	bool own_network = namespace_is_present(spec->config, "network");
	bool can_mount = own_network || (spec->image && spec->identity.real_root) ||
			 (!spec->image && !spec->has_user_namespace);
	const char *write = spec->opts->privileged ? "rw" : can_mount ? "ro" : "rro";
	autofree char *options =
		xasprintf("%snosuid noexec nodev %s", can_mount ? "" : "rbind rprivate ", write);

	mount_put(mounts, mount_new("/sys", can_mount ? "sysfs" : "bind",
				    can_mount ? "sysfs" : "/sys", options));
}

/* A cgroup mount makes sense where the hierarchy is the unified one. Read-only, but for
 * --privileged (runc 2023-25809). */
static void add_cgroup(const struct spec *spec, json_t *mounts)
{
	struct statfs fs;

	if (statfs("/sys/fs/cgroup", &fs) < 0 || fs.f_type != CGROUP2_SUPER_MAGIC ||
	    !namespace_is_present(spec->config, "cgroup"))
		return;
	mount_put(mounts, mount_new("/sys/fs/cgroup", "cgroup", "cgroup",
				    spec->opts->privileged ? "nosuid noexec nodev relatime rw"
							   : "nosuid noexec nodev relatime ro"));
}

int mount_apply_defaults(struct spec *spec, struct error *err)
{
	json_t *mounts = spec_member(spec->config, "config.json", "mounts", JSON_ARRAY, err);
	/* Group 5 is "tty" by custom; a mount option must not name an ID that does not exist. */
	bool has_tty_group =
		spec->identity.rung != IDENTITY_SINGLE && idmap_has_inside(&spec->identity.gids, 5);
	autofree char *devpts = xasprintf("nosuid noexec newinstance ptmxmode=0666 mode=0620%s",
					  has_tty_group ? " gid=5" : "");

	if (!mounts)
		return -1;
	mount_put(mounts, mount_new("/proc", "proc", "proc", "nosuid noexec nodev"));
	mount_put(mounts,
		  mount_new("/dev", "tmpfs", "tmpfs", "nosuid strictatime mode=755 size=65536k"));
	mount_put(mounts, mount_new("/dev/pts", "devpts", "devpts", devpts));
	mount_put(mounts, mount_new("/dev/shm", "tmpfs", "shm",
				    "nosuid noexec nodev mode=1777 size=65536k"));
	mount_put(mounts, mount_new("/dev/mqueue", "mqueue", "mqueue", "nosuid noexec nodev"));
	mount_apply_sysfs(spec, mounts);
	add_cgroup(spec, mounts);
	return 0;
}

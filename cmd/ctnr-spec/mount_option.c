/* SPDX-License-Identifier: Apache-2.0 */
#include "mount_option.h"

#include "base/number.h"
#include "base/str.h"

#include <string.h>
#include <sys/statvfs.h>

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

static const struct mount_option *find_mount_option(const char *text, unsigned kind)
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

static int check_mapped_id(const struct idmap *map, const char *text, struct error *err)
{
	uint64_t id;

	if (number_parse(text, IDMAP_ID_MAX, &id, err) < 0)
		return -1;
	if (!idmap_has_inside(map, (uint32_t)id))
		return error_set(err, ERROR_FAILED, "ID %s is not mapped for this user", text);
	return 0;
}

static int check_option_value(const struct mount_option *o, const char *text,
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
		return check_mapped_id(&identity->uids, text, err);
	case VALUE_GID:
		return check_mapped_id(&identity->gids, text, err);
	case VALUE_COUNT:
		return number_parse(text, INT64_MAX, &number, err);
	}
	return 0;
}

static void remove_option_group(json_t *options, unsigned kind, int group)
{
	for (size_t i = 0; group && i < json_array_size(options);) {
		const struct mount_option *have =
			find_mount_option(json_string_value(json_array_get(options, i)), kind);

		if (have && have->group == group)
			json_array_remove(options, i);
		else
			i++;
	}
}

static int refuse_unknown_option(const char *option, enum mount_kind kind, struct error *err)
{
	autostr struct str known = STR_INIT;

	for (size_t i = 0; i < array_size(mount_options); i++)
		if (mount_options[i].kinds & 1U << kind)
			str_appendf(&known, "%s%s%s", known.len ? ", " : "", mount_options[i].name,
				    mount_options[i].value == VALUE_NONE ? "" : "=");
	error_set(err, ERROR_USAGE, "unknown mount option '%s'", option);
	return error_hint(err, "there are: %s", known.data);
}

int mount_option_add(json_t *options, enum mount_kind kind, const char *option,
		     const struct identity *identity, struct error *err)
{
	const struct mount_option *o = find_mount_option(option, 1U << kind);
	const char *value = option + strcspn(option, "=");

	if (!o)
		return refuse_unknown_option(option, kind, err);
	if (check_option_value(o, *value ? value + 1 : "", identity, err) < 0)
		return error_prefix(err, "mount option '%s'", o->name);
	remove_option_group(options, 1U << kind, o->group);
	json_array_append_new(options, json_string(option));
	return 0;
}

/*
 * In a user namespace a mount keeps the flags that its filesystem has outside (mount_namespaces(7),
 * locked flags), and the kernel refuses a remount without them. So where an option makes the runtime
 * remount, the locked flags are written among the options.
 */
void mount_option_keep_locked(json_t *options, const char *source, const struct identity *identity)
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
			mount_option_add(options, MOUNT_BIND, flags[i].option, identity, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "config/mount_option.h"

#include "base/alloc.h"

#include <linux/mount.h>
#include <stddef.h>
#include <string.h>

/* From <sys/mount.h>, which does not go together with <linux/mount.h> in every libc. */
#define PROPAGATION_UNBINDABLE (1UL << 17)
#define PROPAGATION_PRIVATE (1UL << 18)
#define PROPAGATION_SLAVE (1UL << 19)
#define PROPAGATION_SHARED (1UL << 20)

#ifndef MOUNT_ATTR_NOSYMFOLLOW
#define MOUNT_ATTR_NOSYMFOLLOW 0x00200000
#endif

enum kind {
	SET, /* value is set; with an 'r' before the name: recursively */
	CLEAR,
	ATIME, /* value replaces the access time mode */
	PROPAGATION, /* value, with or without 'r' */
	BINDING,
	IDMAP,
	FLAG, /* the bool at the offset value is set */
	SUPERBLOCK, /* for a filesystem of its own, which reads them in their order */
	/* The default, and what a filesystem that is made here does anyhow: it tells us alone what it has
	 * to say, and the kernel's log nothing. */
	NOTHING,
	UNSUPPORTED,
};

static const struct {
	const char *name;
	enum kind kind;
	uint64_t value;
} known_options[] = {
	{ "ro", SET, MOUNT_ATTR_RDONLY },
	{ "rw", CLEAR, MOUNT_ATTR_RDONLY },
	{ "nosuid", SET, MOUNT_ATTR_NOSUID },
	{ "suid", CLEAR, MOUNT_ATTR_NOSUID },
	{ "nodev", SET, MOUNT_ATTR_NODEV },
	{ "dev", CLEAR, MOUNT_ATTR_NODEV },
	{ "noexec", SET, MOUNT_ATTR_NOEXEC },
	{ "exec", CLEAR, MOUNT_ATTR_NOEXEC },
	{ "nodiratime", SET, MOUNT_ATTR_NODIRATIME },
	{ "diratime", CLEAR, MOUNT_ATTR_NODIRATIME },
	{ "nosymfollow", SET, MOUNT_ATTR_NOSYMFOLLOW },
	{ "symfollow", CLEAR, MOUNT_ATTR_NOSYMFOLLOW },
	{ "relatime", ATIME, MOUNT_ATTR_RELATIME },
	{ "strictatime", ATIME, MOUNT_ATTR_STRICTATIME },
	{ "norelatime", ATIME, MOUNT_ATTR_STRICTATIME },
	{ "noatime", ATIME, MOUNT_ATTR_NOATIME },
	{ "atime", ATIME, MOUNT_ATTR_RELATIME },
	{ "nostrictatime", ATIME, MOUNT_ATTR_RELATIME },
	{ "private", PROPAGATION, PROPAGATION_PRIVATE },
	{ "slave", PROPAGATION, PROPAGATION_SLAVE },
	{ "shared", PROPAGATION, PROPAGATION_SHARED },
	{ "unbindable", PROPAGATION, PROPAGATION_UNBINDABLE },
	{ "bind", BINDING, MOUNT_BIND },
	{ "rbind", BINDING, MOUNT_RBIND },
	{ "idmap", IDMAP, MOUNT_IDMAP },
	{ "ridmap", IDMAP, MOUNT_RIDMAP },
	{ "remount", FLAG, offsetof(struct mount_options, remount) },
	{ "tmpcopyup", FLAG, offsetof(struct mount_options, copies_up) },
	{ "copy-symlink", FLAG, offsetof(struct mount_options, copies_symlink) },
	{ "sync", SUPERBLOCK, 0 },
	{ "async", SUPERBLOCK, 0 },
	{ "dirsync", SUPERBLOCK, 0 },
	{ "mand", SUPERBLOCK, 0 },
	{ "nomand", SUPERBLOCK, 0 },
	{ "lazytime", SUPERBLOCK, 0 },
	{ "nolazytime", SUPERBLOCK, 0 },
	{ "iversion", UNSUPPORTED, 0 }, /* fsconfig(2) has no such flag any more */
	{ "noiversion", NOTHING, 0 },
	{ "silent", NOTHING, 0 },
	{ "loud", NOTHING, 0 },
	{ "defaults", NOTHING, 0 },
};

void mount_options_release(struct mount_options *options)
{
	strlist_release(&options->data);
}

/* Of two contradicting options the last wins. */
static void change_attributes(uint64_t *set, uint64_t *clear, uint64_t add, uint64_t remove)
{
	*set = (*set & ~remove) | add;
	*clear = (*clear & ~add) | remove;
}

static void change_atime(uint64_t *set, uint64_t *clear, uint64_t mode)
{
	*set = (*set & ~(uint64_t)MOUNT_ATTR__ATIME) | mode;
	*clear |= MOUNT_ATTR__ATIME;
}

static bool apply_option(size_t row, bool recursive, struct mount_options *o)
{
	uint64_t *set = recursive ? &o->set_recursive : &o->set;
	uint64_t *clear = recursive ? &o->clear_recursive : &o->clear;
	uint64_t value = known_options[row].value;

	switch (known_options[row].kind) {
	case SET:
		change_attributes(set, clear, value, 0);
		return true;
	case CLEAR:
		change_attributes(set, clear, 0, value);
		o->writable_asked |= value == MOUNT_ATTR_RDONLY;
		return true;
	case ATIME:
		change_atime(set, clear, value);
		return true;
	case PROPAGATION:
		o->propagation = value;
		o->propagation_is_recursive = recursive;
		return true;
	case BINDING:
		/* "bind" takes nothing away from "rbind", in whatever order they stand. */
		if (o->binding < (enum mount_binding)value)
			o->binding = (enum mount_binding)value;
		return true;
	case IDMAP:
		if (o->idmap < (enum mount_idmap)value)
			o->idmap = (enum mount_idmap)value;
		return true;
	case FLAG:
		*(bool *)((char *)o + value) = true;
		return true;
	case SUPERBLOCK:
		strlist_append(&o->data, known_options[row].name);
		return true;
	case NOTHING:
		return true;
	case UNSUPPORTED:
		break;
	}
	return false;
}

/* crun's form of an ID map within an option: it would be taken for one of the filesystem. */
static bool has_map(const char *name)
{
	return str_starts_with(name, "idmap=") || str_starts_with(name, "ridmap=");
}

static int read_option(const struct jnode *item, struct mount_options *o, struct error *err)
{
	const char *name;

	if (jnode_string(item, &name, err) < 0)
		return -1;
	if (!*name)
		return 0;
	for (size_t i = 0; i < array_size(known_options); i++) {
		bool plain = strcmp(name, known_options[i].name) == 0;
		bool recursive = name[0] == 'r' && strcmp(name + 1, known_options[i].name) == 0 &&
				 known_options[i].kind <= PROPAGATION;

		if (!plain && !recursive)
			continue;
		if (apply_option(i, recursive, o))
			return 0;
		return jnode_error(item, err, "mount option '%s' is not supported", name);
	}
	if (has_map(name))
		return jnode_error(
			item, err,
			"'%s' is not supported: mounts[].uidMappings and gidMappings say it", name);
	strlist_append(&o->data, name);
	return 0;
}

int mount_options_read(const struct jnode *list, struct mount_options *ret, struct error *err)
{
	size_t len;

	if (jnode_array(list, &len, err) < 0)
		return -1;
	for (size_t i = 0; i < len; i++) {
		struct jnode item = jnode_element(list, i);

		if (read_option(&item, ret, err) < 0)
			return -1;
	}
	return 0;
}

void mount_options_flatten(struct mount_options *options)
{
	options->set = (options->set & ~options->clear_recursive) | options->set_recursive;
	options->clear = (options->clear & ~options->set_recursive) | options->clear_recursive;
	options->set_recursive = 0;
	options->clear_recursive = 0;
}

const char *mount_option_name(uint64_t set, uint64_t clear)
{
	for (size_t i = 0; i < array_size(known_options); i++) {
		uint64_t value = known_options[i].value;
		enum kind kind = known_options[i].kind;

		if ((kind == SET && set & value) || (kind == CLEAR && clear & value) ||
		    (kind == ATIME && value && (set & MOUNT_ATTR__ATIME) == value))
			return known_options[i].name;
	}
	return NULL;
}

void mount_option_list(struct strlist *ret)
{
	for (size_t i = 0; i < array_size(known_options); i++) {
		const char *name = known_options[i].name;

		if (known_options[i].kind == UNSUPPORTED)
			continue;
		strlist_append(ret, name);
		if (known_options[i].kind <= PROPAGATION)
			strlist_take(ret, xasprintf("r%s", name));
	}
	strlist_sort(ret);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The options of a mount (runtime-spec config.md, "Linux mount options"), sorted by who takes them:
 * mount attributes, propagation, the runtime, the filesystem itself.
 *
 * An attribute, or a propagation, with "r" before its name is for the mount and all below it. A bind
 * mount shares its filesystem with its source, and cannot change the filesystem's options: these are
 * told, because other engines write them ("size=64k", "sync"), and change nothing with other runtimes.
 */
#ifndef CTNR_EXEC_CONFIG_MOUNT_OPTION_H
#define CTNR_EXEC_CONFIG_MOUNT_OPTION_H

#include "base/str.h"
#include "format/json.h"

#include <stdbool.h>
#include <stdint.h>

enum mount_binding {
	MOUNT_NEW, /* a filesystem of its own */
	MOUNT_BIND,
	MOUNT_RBIND,
};

enum mount_idmap {
	MOUNT_NO_IDMAP,
	MOUNT_IDMAP, /* the mount itself */
	MOUNT_RIDMAP, /* it and all below */
};

struct mount_options {
	enum mount_binding binding;
	enum mount_idmap idmap;
	bool remount; /* what is mounted there is changed, nothing is mounted */
	bool copies_up; /* a tmpfs gets a copy of what it hides */
	bool copies_symlink; /* a source that is a symlink is made again, not followed */
	uint64_t set; /* MOUNT_ATTR_* of the mount itself */
	uint64_t clear;
	uint64_t set_recursive; /* of it and all below */
	uint64_t clear_recursive;
	uint64_t propagation; /* MS_SHARED ..., 0: nothing is said */
	bool propagation_is_recursive;
	bool writable_asked; /* "rw" was written */
	struct strlist data; /* "key" or "key=value" for the filesystem */
};

void mount_options_release(struct mount_options *options);
#define automountoptions autocleanup(mount_options_release)

/* Read an array of options; one that we cannot honour is an error. */
int mount_options_read(const struct jnode *list, struct mount_options *ret, struct error *err);

/* The option that sets or clears one of these attributes (MOUNT_ATTR_*): static, NULL when none does. */
const char *mount_option_name(uint64_t set, uint64_t clear);

/* Apply the recursive attributes to the mount itself, and have none. */
void mount_options_flatten(struct mount_options *options);

/* Append the names of all options that are no filesystem's own, in alphabetical order. */
void mount_option_list(struct strlist *ret);

#endif

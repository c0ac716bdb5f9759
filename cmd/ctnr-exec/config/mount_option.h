/* SPDX-License-Identifier: Apache-2.0 */
/* The options of a mount (runtime-spec config.md, "Linux mount options"), sorted by who takes
 * them: mount attributes, propagation, the filesystem itself. */
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

struct mount_options {
	enum mount_binding binding;
	uint64_t set; /* MOUNT_ATTR_* of the mount itself */
	uint64_t clear;
	uint64_t set_recursive; /* of it and all below */
	uint64_t clear_recursive;
	uint64_t propagation; /* MS_SHARED ..., 0: private */
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

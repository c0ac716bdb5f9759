/* SPDX-License-Identifier: Apache-2.0 */
/* mounts (runtime-spec config.md, "Mounts"), in their order. */
#ifndef CTNR_EXEC_CONFIG_MOUNTS_H
#define CTNR_EXEC_CONFIG_MOUNTS_H

#include "config/mount_option.h"

#include "base/error.h"
#include "format/json.h"

#include <stddef.h>

/* Strings are borrowed from the document. */
struct mount_config {
	const char *destination;
	const char *type; /* "none" where nothing is stated */
	const char *source; /* NULL: none; never NULL for a bind mount */
	struct mount_options options;
};

struct mounts_config {
	struct mount_config *items;
	size_t len;
};

/* Accepts half-built objects. */
void mounts_config_release(struct mounts_config *mounts);

/* Read them from the root node (absent: none). */
int mounts_config_read(const struct jnode *root, struct mounts_config *ret, struct error *err);

#endif

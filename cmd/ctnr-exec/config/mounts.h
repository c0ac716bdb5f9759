/* SPDX-License-Identifier: Apache-2.0 */
/* mounts (runtime-spec config.md, "Mounts"), in their order. */
#ifndef CTNR_EXEC_CONFIG_MOUNTS_H
#define CTNR_EXEC_CONFIG_MOUNTS_H

#include "config/mount_option.h"

#include "base/error.h"
#include "format/json.h"
#include "system/idmap.h"

#include <stddef.h>

/* Which IDs of the files of a mount (inside) are which of the caller's user namespace (outside). */
struct mount_idmaps {
	struct idmap uids;
	struct idmap gids;
};

/* Strings are borrowed from the document. */
struct mount_config {
	const char *destination;
	const char *type; /* "none" where nothing is stated */
	const char *source; /* NULL: none */
	struct mount_options options;
	struct mount_idmaps *idmaps; /* of options.idmap; NULL: the container's own. Owned */
};

struct mounts_config {
	struct mount_config *items;
	size_t len;
};

/* Does it bring what is at its source? Its source is not NULL then. */
bool mount_config_is_bind(const struct mount_config *mount);

/* Accepts half-built objects. */
void mounts_config_release(struct mounts_config *mounts);

/* Read them from the root node (absent: none). */
int mounts_config_read(const struct jnode *root, struct mounts_config *ret, struct error *err);

#endif

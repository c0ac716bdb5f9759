/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The options of a mount that people may write ("ro", "size=64m"): a whitelist for each kind of
 * mount. A list of them is the JSON array that a mount of the runtime config has.
 */
#ifndef CTNR_SPEC_MOUNT_OPTION_H
#define CTNR_SPEC_MOUNT_OPTION_H

#include "base/error.h"
#include "format/json.h"
#include "system/identity.h"

enum mount_kind {
	MOUNT_BIND,
	MOUNT_TMPFS,
};

/* Check one option against the whitelist of the kind and append it to options, where it replaces
 * its opposite. IDs in it must be mapped by identity. ERROR_USAGE for an unknown or malformed
 * one. */
int mount_option_add(json_t *options, enum mount_kind kind, const char *option,
		     const struct identity *identity, struct error *err);

/* Append the flags that a bind of source cannot lose in a user namespace, where options make the
 * runtime remount it. */
void mount_option_keep_locked(json_t *options, const char *source, const struct identity *identity);

#endif

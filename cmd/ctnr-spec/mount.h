/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One mount of the runtime config, and the list of them, as JSON:
 *
 *	mount_put(mounts, runtime_mount_new("/proc", "proc", "proc", "nosuid noexec nodev"));
 *
 * A list has one mount for each destination.
 */
#ifndef CTNR_SPEC_MOUNT_H
#define CTNR_SPEC_MOUNT_H

#include "base/error.h"
#include "format/json.h"
#include "system/identity.h"

#include <stdbool.h>

/* An absolute path inside the container without "//", "." and a slash at the end: new. ".." takes away
 * the component before, as with docker. ERROR_USAGE for a relative one, and the root itself. */
char *mount_destination(const char *text, struct error *err);

/* Put a mount into the list: in the place of one with the same destination, else where it hides
 * none: before those below it, behind those above it. The order is kept otherwise. Takes mount. */
void mount_put(json_t *mounts, json_t *mount);

/* Let the mount with that destination, if there is one, be the last, so that nothing hides it. */
void mount_put_last(json_t *mounts, const char *destination);

/* The destination of a mount (borrowed), "" where the config has none. */
const char *mount_destination_of(const json_t *mount);

/* The mount with that destination, borrowed, or NULL. */
json_t *mount_find(const json_t *mounts, const char *destination);

/* Take out of mounts what cannot be mounted when those of added come too: where one of added binds
 * something that has no mount point for it, and in which none may or can be made, at /dev, /proc or
 * /sys, or read-only. There is a warning for each. */
void mount_drop_unreachable(json_t *mounts, const json_t *added, const struct identity *identity);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One mount of the runtime config, and the list of them, as JSON:
 *
 *	mount_put(mounts, mount_new("/proc", "proc", "proc", "nosuid noexec nodev"));
 *
 * A list has one mount for each destination.
 */
#ifndef CTNR_SPEC_MOUNT_H
#define CTNR_SPEC_MOUNT_H

#include "base/error.h"
#include "format/json.h"

/* An absolute path inside the container without "//", "." and a slash at the end: new. ERROR_USAGE
 * for a relative one, one with "..", and the root itself. */
char *mount_destination(const char *text, struct error *err);

/* A mount of the runtime specification; options is a blank-separated list. New; NULL when a string
 * is not valid UTF-8. */
json_t *mount_new(const char *destination, const char *type, const char *source,
		  const char *options);

/* Put a mount into the list: in the place of one with the same destination, else at the end.
 * Takes mount. */
void mount_put(json_t *mounts, json_t *mount);

/* The mount with that destination, borrowed, or NULL. */
json_t *mount_find(const json_t *mounts, const char *destination);

/* Sort by depth of the destination, so that no mount hides one before it; equal ones stay. */
void mount_sort(json_t *mounts);

/* Take out of mounts what cannot be mounted when those of added come too: a mount of ours below
 * /dev, /proc or /sys, where one of added binds something that has no such mount point. (Nothing is
 * made in what somebody binds there; docker does without these mounts too.) */
void mount_drop_unreachable(json_t *mounts, const json_t *added);

#endif

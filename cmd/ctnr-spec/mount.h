/* SPDX-License-Identifier: Apache-2.0 */
/* mounts: the list, the default ones, and the whitelist of options that people may write. */
#ifndef CTNR_SPEC_MOUNT_H
#define CTNR_SPEC_MOUNT_H

#include "spec.h"

/* An absolute path inside the container without "//", "." and a slash at the end: new. ERROR_USAGE
 * for a relative one, one with "..", and the root itself. */
char *mount_destination(const char *text, struct error *err);

/* A mount of the runtime spec; options is a blank-separated list. New. */
json_t *mount_new(const char *destination, const char *type, const char *source,
		  const char *options);

/* Put a mount into the list: in the place of one with the same destination, else at the end.
 * Takes mount. */
void mount_put(json_t *mounts, json_t *mount);
json_t *mount_find(const json_t *mounts, const char *destination); /* borrowed, or NULL */

/* Sort by depth of the destination, so that no mount hides one before it; equal ones stay. */
void mount_sort(json_t *mounts);

enum mount_kind {
	MOUNT_BIND,
	MOUNT_TMPFS,
};

/* Check one option that a person wrote ("ro", "size=64m") against the whitelist of the kind and
 * append it to options, where it replaces its opposite. */
int mount_add_option(json_t *options, enum mount_kind kind, const char *option,
		     const struct identity *identity, struct error *err);

/* Say the flags again that a bind of source must keep, when its options make a runtime remount. */
void mount_keep_locked_flags(json_t *options, const char *source, const struct identity *identity);

/* The default mounts of a new config. */
int mount_apply_defaults(struct spec *spec, struct error *err);

/* /sys fits the network namespace: a sysfs of our own needs one of our own. */
void mount_apply_sysfs(struct spec *spec, json_t *mounts);

/* Take out of mounts what cannot be mounted when those of added come too: a mount of ours below
 * /dev, /proc or /sys, where one of added binds something that has no such mount point. (Nothing is
 * made in what somebody binds there; docker does without these mounts too.) */
void mount_drop_unreachable(json_t *mounts, const json_t *added);

#endif

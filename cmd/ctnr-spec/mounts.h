/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mounts of the config: the default ones, /sys as the network decides it, and what people and
 * images ask for: -v, --mount, --tmpfs, and the volumes that an image declares.
 */
#ifndef CTNR_SPEC_MOUNTS_H
#define CTNR_SPEC_MOUNTS_H

#include "spec.h"

#include "base/option.h"

struct mounts_opts {
	struct strlist volume;
	struct strlist mount;
	struct strlist tmpfs;
};

extern const struct option mounts_options[];

/* The default mounts of a new config. */
int mounts_apply_defaults(struct spec *spec, struct error *err);

/* /sys fits the network namespace: a sysfs of our own needs one of our own. */
void mounts_apply_sysfs(struct spec *spec, json_t *mounts);

/* Add what options and image ask for, parents before children; volumes are made (volume.h). Two
 * options for the same place are an error, but an option replaces an image's volume. An image's volume
 * that would hide or replace what is mounted by default is left out with a warning. */
int mounts_apply_requests(struct spec *spec, struct error *err);

/* Write what is bound from the bundle, or from the volumes of the store that it is in, relative to the bundle
 * (runtime-spec config.md, "Mounts"), so that a store can be moved with its bundles. After all that looks at
 * sources. */
void mounts_relate_sources(const struct spec *spec);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A volume is a directory of its own that outlives changes of the root filesystem: a named one is
 * STORE/volumes/NAME, an anonymous one BUNDLE/volumes/NAME and goes with the bundle. When it is
 * made it gets what the image has at that place, with owners and modes (volume_seed.h).
 */
#ifndef CTNR_SPEC_VOLUME_H
#define CTNR_SPEC_VOLUME_H

#include "spec.h"

/* ERROR_USAGE when name is not the name of a volume. */
int volume_check_name(const char *name, struct error *err);

/* The host directory of a volume for that place in the container, made and seeded when it is new:
 * named, or anonymous with name NULL. New string. */
char *volume_make(struct spec *spec, const char *name, const char *destination, struct error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The source of a bind mount, on the host. It may lie below a directory that only the user namespace may
 * enter, as what a container wrote does: each function looks there where the caller may not.
 */
#ifndef CTNR_SPEC_MOUNT_SOURCE_H
#define CTNR_SPEC_MOUNT_SOURCE_H

#include "base/error.h"
#include "system/identity.h"

#include <stdbool.h>

/* The path of a source, absolute and without symlinks: new. ERROR_NOT_FOUND when nothing is there: a
 * typing error makes no directory. */
char *mount_source_resolve(const struct identity *identity, const char *source, struct error *err);

/* Is anything at path beneath the source, symlinks resolved inside of it? */
bool mount_source_has(const struct identity *identity, const char *source, const char *path);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* A bundle's root filesystem as a stack of directories: upper, lower/0..N; or rootfs alone. */
#ifndef CTNR_SPEC_ROOTFS_H
#define CTNR_SPEC_ROOTFS_H

#include "layer/stack.h"

/* An overlay bundle has lower/; any other has one directory, at path (relative to the bundle). */
int rootfs_open(int bundlefd, const char *path, struct merged *ret, struct error *err);

#endif

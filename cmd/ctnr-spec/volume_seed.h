/* SPDX-License-Identifier: Apache-2.0 */
/* What a new volume begins with: the image's content at its place. */
#ifndef CTNR_SPEC_VOLUME_SEED_H
#define CTNR_SPEC_VOLUME_SEED_H

#include "oci/merged.h"
#include "system/identity.h"

/*
 * Copy the directory at path of the merged root into dirfd, with owners, modes, times and extended
 * attributes, and give dirfd itself the image's. No such directory: 0755, owned by root. Done in a
 * child inside the identity's user namespace, because only there the owners exist.
 */
int volume_seed(const struct merged *root, const char *path, int dirfd,
		const struct identity *identity, struct error *err);

#endif

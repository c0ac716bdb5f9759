/* SPDX-License-Identifier: Apache-2.0 */
/* What a new volume begins with: the image's content at its place. */
#ifndef CTNR_SPEC_VOLUME_SEED_H
#define CTNR_SPEC_VOLUME_SEED_H

#include "layer/stack.h"
#include "system/identity.h"

/*
 * Make the directory name in dirfd anew, with what the directory at path of the merged root holds:
 * owners, modes, times and extended attributes too, also its own. No such directory: 0755, owned by
 * root. Done in a child inside the identity's user namespace, because only there the owners exist
 * (and what an interrupted child left can be removed).
 */
int volume_seed(const struct merged *root, const char *path, int dirfd, const char *name,
		const struct identity *identity, struct error *err);

#endif

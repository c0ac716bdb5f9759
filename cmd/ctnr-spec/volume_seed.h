/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a new volume begins with: the image's content at its place (layer/tree_copy.h). What there is
 * beside it meanwhile: store/volume_file.h.
 */
#ifndef CTNR_SPEC_VOLUME_SEED_H
#define CTNR_SPEC_VOLUME_SEED_H

#include "layer/stack.h"
#include "system/identity.h"

#include <stdbool.h>

struct volume_seed {
	const struct stack *root; /* the root filesystem; empty: none is at hand */
	bool has_owners; /* it is a bundle's: there may be files of owners beside its layers */
	const char *place; /* in it, absolute */
	int volumes; /* the directory of volumes */
	const char *name; /* of the volume */
	const struct identity *identity;
};

/*
 * Make VOLUME_FILE_PART anew, with what the directory at that place holds: owners, modes, times, extended
 * attributes and hardlinks too, also its own. No such directory: 0755, owned by root. Sockets and
 * devices are left out: a volume is mounted where nothing keeps a device from being used.
 *
 * Not synced: that is for the caller, once, by a descriptor that is open already.
 *
 * Done in a child inside the identity's user namespace, because only there the owners exist (and
 * what an interrupted child left can be removed).
 */
int volume_seed(const struct volume_seed *seed, struct error *err);

#endif

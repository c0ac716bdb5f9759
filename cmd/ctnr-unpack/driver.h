/* SPDX-License-Identifier: Apache-2.0 */
/* Which driver a root filesystem gets. */
#ifndef CTNR_UNPACK_DRIVER_H
#define CTNR_UNPACK_DRIVER_H

#include "store/bundle.h"

/* What is asked for, or what the bundle that is there has, or when neither says: overlay when the kernel can
 * mount one in a user namespace, and the filesystems of the layers and of the bundle can hold what it
 * writes (layer/overlay_place.h); else copy. Nothing is mounted to find out.
 *
 * word: --bundle, or NULL. present: the bundle that is updated; its dirfd is -EBADF when there is none.
 * Returns an enum bundle_driver, or -1: an overlay was asked for where none can be. */
int driver_choose(const struct store *store, enum bundle_driver asked, const char *word,
		  const struct bundle *present, struct error *err);

#endif

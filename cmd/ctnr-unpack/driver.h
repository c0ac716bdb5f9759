/* SPDX-License-Identifier: Apache-2.0 */
/* Which driver a root filesystem gets when the user left it to us. */
#ifndef CTNR_UNPACK_DRIVER_H
#define CTNR_UNPACK_DRIVER_H

#include "store/bundle.h"

/* Overlay when the kernel can mount one in a user namespace over a store that is itself no
 * overlay; else copy. Nothing is mounted to find out. */
enum bundle_driver driver_choose(const struct store *store);

#endif

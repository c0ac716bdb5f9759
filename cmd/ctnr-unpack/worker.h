/* SPDX-License-Identifier: Apache-2.0 */
/* Running the layer worker (workers/layer/main.c), the program that loads what unpacking takes. */
#ifndef CTNR_UNPACK_WORKER_H
#define CTNR_UNPACK_WORKER_H

#include "base/progress.h"
#include "store/image.h"
#include "store/store.h"

/* Have the image's layers in the store, or, with bundle (a path), in its rootfs. Warnings are
 * printed as they come. */
int worker_run(const struct store *store, const struct image *image, const char *bundle,
	       enum progress_mode mode, struct error *err);

#endif

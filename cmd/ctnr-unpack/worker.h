/* SPDX-License-Identifier: Apache-2.0 */
/* Running the layer worker (workers/layer/main.c), the program that loads what unpacking takes. */
#ifndef CTNR_UNPACK_WORKER_H
#define CTNR_UNPACK_WORKER_H

#include "base/progress.h"
#include "store/image.h"
#include "store/store.h"

struct worker_request {
	const struct store *store;
	const struct image *image;
	const char *bundle; /* its path; NULL: the store */
	bool sync; /* is what is made to outlast a loss of power? */
	enum progress_mode progress;
};

/* Have the image's layers in the store, or in the rootfs of the bundle. Warnings are printed as they
 * come. */
int worker_run(const struct worker_request *request, struct error *err);

#endif

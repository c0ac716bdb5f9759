/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Running the layer worker, ctnr-unpack-layer (cmd/ctnr-unpack/workers/layer/main.c): the program that loads
 * what unpacking takes. It reads strangers' archives, confined; the tool that runs it takes reports from it
 * (layer_report.h), shows warnings and progress, and needs no library for it.
 */
#ifndef STORE_LAYER_WORKER_H
#define STORE_LAYER_WORKER_H

#include "base/progress.h"
#include "store/image.h"
#include "store/store.h"

/* Everything is borrowed. */
struct layer_worker_request {
	const struct store *store;
	const struct image *image;
	const char *bundle; /* its path; NULL: the store */
	bool sync; /* is what is made to outlast a loss of power? */
	enum progress_mode progress;
};

/* Have the image's layers in the store, or in the rootfs of the bundle. Warnings are printed as they
 * come. A signal that asks to stop ends the worker, and is the error. */
int layer_worker_run(const struct layer_worker_request *request, struct error *err);

#endif

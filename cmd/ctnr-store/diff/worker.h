/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Running the worker that reads the trees, ctnr-store-diff (workers/diff/main.c): a program of its own, because it reads
 * what containers and images wrote, and is confined, which takes a library that this tool does without.
 */
#ifndef CTNR_STORE_DIFF_WORKER_H
#define CTNR_STORE_DIFF_WORKER_H

#include "diff/protocol.h"

#include "format/json.h"

/* Have a job done (protocol.h): take gets each change, as it comes, with its path, which is without a slash in front.
 * < 0 ends the work. Warnings are printed. */
int diff_worker_run(const json_t *job,
		    int (*take)(void *data, enum diff_text change, const char *path,
				struct error *err),
		    void *data, struct error *err);

#endif

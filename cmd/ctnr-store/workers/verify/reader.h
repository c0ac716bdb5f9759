/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading one blob that has layers, in a process of its own that gives up everything else first: its
 * digest, and as its archive goes by (layer/stream.h) the comparison with each of its layers. Several
 * layers of one archive, under other IDs or over other layers, are compared in the same pass.
 */
#ifndef CTNR_STORE_WORKERS_VERIFY_READER_H
#define CTNR_STORE_WORKERS_VERIFY_READER_H

#include "workers/verify/job.h"

#include "system/identity.h"

struct reader {
	const struct job *job;
	const struct job_blob *blob;
	const struct identity *identity;
	int storefd; /* closed by reader_run() */
	int layersfd; /* "layers" of the store */
	int blobfd; /* of the blob */
	int reportfd; /* where reports go */
};

/* Do all of that, and report it. -1: it could not be done. Only while single-threaded. */
int reader_run(const struct reader *reader, struct error *err);

#endif

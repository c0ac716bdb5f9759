/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Blobs from a source into a layout, several at a time, each once.
 *
 *	autotransfer struct transfer transfer = { .source = &source, .layout = &layout, .jobs = 4,
 *						  .interrupt = &interrupt };
 *
 *	if (transfer_add(&transfer, &manifest.config, err) < 0 ||
 *	    transfer_run(&transfer, connection, err) < 0) ...
 *
 *  - What is there is not transferred. A blob that another process is making is waited for: it
 *    either appears, or that process ends and the blob is made here.
 *  - Whether there is room for all that is missing is looked at once, before the first byte (room.h).
 *  - No blob is visible in the layout before it is whole and has its digest (oci/blob.h).
 *  - The first failure stops all threads, by the interrupt.
 */
#ifndef CTNR_FETCH_WORKERS_COPY_TRANSFER_H
#define CTNR_FETCH_WORKERS_COPY_TRANSFER_H

#include "workers/copy/source.h"

struct transfer {
	const struct source *source; /* borrowed, like the next three */
	const struct layout *layout;
	struct progress *progress; /* or NULL */
	const struct interrupt *interrupt;
	unsigned jobs; /* threads at most */
	/* What to transfer: one entry for each digest. */
	struct blob_job *blobs;
	size_t n_blobs;
	json_t *positions; /* in blobs, by digest; NULL: none yet */
};

struct blob_job {
	struct digest digest;
	uint64_t size;
	bool foreign; /* its publisher keeps it elsewhere (urls) */
};

void transfer_release(struct transfer *transfer);
#define autotransfer autocleanup(transfer_release)

/* Most blobs of one transfer: the images of one name for all platforms have some hundreds. */
#define TRANSFER_BLOBS_MAX 8192

/* Add a blob; one that is in the list already is passed over, but with another size it is
 * ERROR_VERIFY. */
int transfer_add(struct transfer *transfer, const struct descriptor *blob, struct error *err);

/* Transfer them all, or nothing where there is too little room; connection is the calling thread's. The
 * first failure stops the others. */
int transfer_run(struct transfer *transfer, void *connection, struct error *err);

/* Store bytes that were verified against digest. */
int transfer_put(const struct transfer *transfer, const struct digest *digest, const void *bytes,
		 size_t len, struct error *err);

#endif

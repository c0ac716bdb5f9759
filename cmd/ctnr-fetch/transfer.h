/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Blobs from a source into a layout, several at a time, each once.
 *
 * What is there is not transferred. A blob that another process is just making is waited for: it
 * either appears, or its maker ends and we make it.
 */
#ifndef CTNR_FETCH_TRANSFER_H
#define CTNR_FETCH_TRANSFER_H

#include "source.h"

struct transfer {
	struct source *source;
	const struct layout *layout;
	struct progress *progress; /* or NULL */
	const struct interrupt *interrupt;
	unsigned jobs;
	/* What to transfer: one entry for each digest. */
	struct blob_job *blobs;
	size_t n_blobs;
};

struct blob_job {
	struct digest digest;
	uint64_t size;
	bool foreign; /* its publisher keeps it elsewhere (urls) */
};

void transfer_release(struct transfer *transfer);
#define autotransfer autocleanup(transfer_release)

/* Add a blob; one that is in the list already is passed over, but with another size it is
 * ERROR_VERIFY. */
int transfer_add(struct transfer *transfer, const struct descriptor *blob, struct error *err);

/* Transfer them all; connection is the calling thread's. The first failure stops the others. */
int transfer_run(struct transfer *transfer, void *connection, struct error *err);

/* Store bytes that were verified against digest. */
int transfer_put(const struct transfer *transfer, const struct digest *digest, const void *bytes,
		 size_t len, struct error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Blobs that come into a layout from another one, or from memory, by a process that waits for nobody without hearing
 * signals and saying so.
 *
 *	const struct blob_copy copy = { &layout, progress, &interrupt };
 *	autoblobwriter struct blob_writer writer = BLOB_WRITER_INIT;
 *	int state = blob_copy_start(&copy, &digest, size, &writer, err);
 *
 *	if (state == BLOB_READY && blob_copy_from(&copy, &other, &writer, task, err) == 0)
 *		... blob_finish(&writer, err)
 *
 * What comes is hashed on its way, as if it came from a registry: nobody has vouched for the other layout.
 */
#ifndef OCI_BLOB_COPY_H
#define OCI_BLOB_COPY_H

#include "base/progress.h"
#include "oci/blob.h"
#include "system/interrupt.h"

/* Everything is borrowed. */
struct blob_copy {
	const struct layout *layout; /* that is written to */
	struct progress *progress; /* or NULL */
	const struct interrupt *interrupt;
};

/* As blob_try_continue(), and a blob that another process is making is waited for: it either appears, or that
 * process ends and the blob is ready to be made here. BLOB_READY, BLOB_PRESENT, or -1. */
int blob_copy_start(const struct blob_copy *copy, const struct digest *digest, uint64_t size,
		    struct blob_writer *ret, struct error *err);

/* Write what the writer does not have yet of its blob, which from has, and verify the whole. Reports to the
 * task of the progress. */
int blob_copy_from(const struct blob_copy *copy, const struct layout *from,
		   struct blob_writer *writer, size_t task, struct error *err);

/* Store bytes that were verified against digest. */
int blob_copy_put(const struct blob_copy *copy, const struct digest *digest, const void *bytes,
		  size_t len, struct error *err);

#endif

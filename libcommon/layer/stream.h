/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A layer's blob as a stream of the tar archive in it. Two threads run ahead of the caller:
 *
 *	reader: read(2), digest of the blob
 *	  | ring of blocks
 *	inflater: inflate, digest of the archive
 *	  | ring of blocks
 *	caller: stream_read()
 *
 * Both digests are of exactly the bytes that went by, so that nothing needs to be read twice.
 */
#ifndef LAYER_STREAM_H
#define LAYER_STREAM_H

#include "base/error.h"
#include "format/digest.h"
#include "system/ring.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

struct stream {
	int fd; /* of the blob; borrowed */
	uint64_t size; /* bytes the blob must have */
	struct ring blob; /* reader to inflater */
	struct ring archive; /* inflater to us */
	pthread_t reader;
	pthread_t inflater;
	atomic_uint_least64_t position; /* bytes of the blob so far */
	struct digest blob_digest; /* in: the algorithm; out: what it is */
	struct digest diff_id;
	struct error reader_error; /* code 0: none */
	struct error inflater_error;
};

/* Start the threads. blob and diff_id say which algorithms to use. */
int stream_start(struct stream *stream, int fd, uint64_t size, const struct digest *blob,
		 const struct digest *diff_id, struct error *err);

/* The next bytes of the archive: a tar_source (format/tar.h) of a struct stream *. */
int stream_read(void *stream, const void **ret_bytes, size_t *ret_len, struct error *err);

/*
 * End the threads and compare. When the archive was understood (applied is 0) the rest of it is
 * read first. A digest that differs is ERROR_VERIFY and explains every other error, so it comes
 * first; then what a thread met; then what err holds already.
 */
int stream_finish(struct stream *stream, int applied, const struct digest *blob,
		  const struct digest *diff_id, struct error *err);

#endif

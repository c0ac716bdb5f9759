/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes of a layout's blob on their way somewhere else, hashed as they go: what was damaged on the disk is found
 * before anything names it.
 *
 *	const struct blob_stream stream = { from, blob, &interrupt, progress, task };
 *
 *	if (blob_stream_run(&stream, write, sink, err) < 0) ...
 */
#ifndef CTNR_PUSH_BLOB_STREAM_H
#define CTNR_PUSH_BLOB_STREAM_H

#include "base/progress.h"
#include "oci/layout.h"
#include "system/interrupt.h"

/* Everything is borrowed. */
struct blob_stream {
	const struct layout *from;
	const struct descriptor *blob;
	const struct interrupt *interrupt;
	struct progress *progress;
	size_t task;
};

/* Give all of the blob to write, in pieces; write fails with < 0 and err. A signal that asks to stop is heard.
 * ERROR_VERIFY, after the last piece, when these were not the blob's bytes. */
int blob_stream_run(const struct blob_stream *stream,
		    int (*write)(void *sink, const void *bytes, size_t len, struct error *err),
		    void *sink, struct error *err);

#endif

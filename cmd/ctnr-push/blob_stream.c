/* SPDX-License-Identifier: Apache-2.0 */
#include "blob_stream.h"

#include "base/alloc.h"
#include "format/hash.h"
#include "system/fd.h"

#define PIECE (128U << 10)

int blob_stream_run(const struct blob_stream *stream,
		    int (*write)(void *sink, const void *bytes, size_t len, struct error *err),
		    void *sink, struct error *err)
{
	const struct digest *digest = &stream->blob->digest;
	autoclose int fd = layout_open_blob(stream->from, stream->blob, err);
	autofree char *buffer = xmalloc(PIECE);
	autohash struct hash hash = HASH_INIT;
	struct digest found;
	uint64_t done = 0;
	ssize_t len;

	if (fd < 0 || hash_start(&hash, digest->algorithm, err) < 0)
		return -1;
	while ((len = fd_read_full(fd, buffer, PIECE)) > 0) {
		hash_update(&hash, buffer, (size_t)len);
		if (write(sink, buffer, (size_t)len, err) < 0)
			return -1;
		done += (uint64_t)len;
		progress_update(stream->progress, stream->task, done);
		if (interrupt_wait(stream->interrupt, 0))
			return interrupt_error(err);
	}
	if (len < 0)
		return error_errno(err, "cannot read blob %s", digest->text);
	hash_finish(&hash, &found);
	if (done == stream->blob->size && digest_equal(&found, digest))
		return 0;
	return error_set(err, ERROR_VERIFY, "blob %s is damaged: its digest is %s", digest->text,
			 found.text);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/blob_copy.h"

#include "base/alloc.h"
#include "oci/blob_part.h"

#include <unistd.h>

#define BUSY_POLL_MS 25 /* between two looks at a blob that another process makes */
#define COPY_CHUNK (128U << 10)

/* blob_try_start() or blob_try_continue(). */
typedef int blob_starter(const struct layout *layout, const struct digest *digest, uint64_t size,
			 struct blob_writer *ret, struct error *err);

/* Wait for another process that makes the blob, and show how far it is; a signal that asks to stop ends the
 * waiting. */
static int await_blob(const struct blob_copy *copy, blob_starter *start,
		      const struct digest *digest, uint64_t size, struct blob_writer *writer,
		      struct error *err)
{
	size_t task = progress_add(copy->progress, "await", digest->text, size);
	int state;

	do {
		progress_update(copy->progress, task, blob_part_bytes(copy->layout, digest, size));
		if (interrupt_wait(copy->interrupt, BUSY_POLL_MS))
			state = interrupt_error(err);
		else
			state = start(copy->layout, digest, size, writer, err);
	} while (state == BLOB_BUSY);
	progress_finish(copy->progress, task, state < 0 ? PROGRESS_FAILED : PROGRESS_DONE);
	return state;
}

static int start_blob(const struct blob_copy *copy, blob_starter *start,
		      const struct digest *digest, uint64_t size, struct blob_writer *writer,
		      struct error *err)
{
	int state = start(copy->layout, digest, size, writer, err);

	return state == BLOB_BUSY ? await_blob(copy, start, digest, size, writer, err) : state;
}

int blob_copy_start(const struct blob_copy *copy, const struct digest *digest, uint64_t size,
		    struct blob_writer *ret, struct error *err)
{
	return start_blob(copy, blob_try_continue, digest, size, ret, err);
}

int blob_copy_put(const struct blob_copy *copy, const struct digest *digest, const void *bytes,
		  size_t len, struct error *err)
{
	autoblobwriter struct blob_writer writer = BLOB_WRITER_INIT;
	int state = start_blob(copy, blob_try_start, digest, len, &writer, err);

	if (state < 0)
		return -1;
	if (state == BLOB_PRESENT)
		return 0;
	if (blob_write(&writer, bytes, len, err) < 0)
		return -1;
	return blob_finish(&writer, err);
}

/* Copy what the writer does not have yet. */
static int copy_rest(const struct blob_copy *copy, const struct layout *from,
		     struct blob_writer *writer, size_t task, struct error *err)
{
	const struct descriptor wanted = { .digest = writer->digest, .size = writer->size };
	autoclose int fd = layout_open_blob(from, &wanted, err);
	autofree char *buffer = xmalloc(COPY_CHUNK);
	ssize_t n;

	if (fd < 0)
		return -1;
	if (lseek(fd, (off_t)writer->written, SEEK_SET) < 0)
		return error_errno(err, "cannot read blob %s", writer->digest.text);
	while ((n = fd_read_full(fd, buffer, COPY_CHUNK)) > 0) {
		if (blob_write(writer, buffer, (size_t)n, err) < 0)
			return -1;
		progress_update(copy->progress, task, writer->written);
		if (interrupt_wait(copy->interrupt, 0))
			return interrupt_error(err);
	}
	if (n < 0)
		return error_errno(err, "cannot read blob %s", writer->digest.text);
	return blob_verify_written(writer, err);
}

int blob_copy_from(const struct blob_copy *copy, const struct layout *from,
		   struct blob_writer *writer, size_t task, struct error *err)
{
	bool is_mixed = writer->written > 0;
	struct error failure = { 0 };

	if (copy_rest(copy, from, writer, task, &failure) == 0)
		return 0;
	/* The file has not changed, but what another run left may have been of another one. */
	if (!is_mixed || writer->written || !error_is(&failure, ERROR_VERIFY))
		return error_move(err, &failure);
	return copy_rest(copy, from, writer, task, err);
}

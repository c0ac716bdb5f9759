/* SPDX-License-Identifier: Apache-2.0 */
#include "new_layer.h"

#include "base/alloc.h"
#include "layer/archive.h"
#include "oci/blob.h"

void new_layer_release(struct new_layer *layer)
{
	descriptor_release(&layer->blob);
}

/* Where the archive of the changes goes. */
struct layer_sink {
	const struct new_layer_plan *plan;
	struct blob_writer blob;
	struct archive *archive; /* that writes to it */
	size_t task; /* of the progress */
	uint64_t written; /* bytes of the archive */
};

/* What is begun and not finished goes. */
static void layer_sink_release(struct layer_sink *sink)
{
	archive_free(sink->archive);
	sink->archive = NULL;
	blob_writer_release(&sink->blob);
}
#define autolayersink autocleanup(layer_sink_release)

/* Begin the layer, or begin it anew. */
static int begin_layer(void *sink_, struct error *err)
{
	struct layer_sink *sink = sink_;

	layer_sink_release(sink);
	sink->blob = (struct blob_writer)BLOB_WRITER_INIT;
	sink->written = 0;
	if (blob_start_new(sink->plan->layout, DIGEST_SHA256, &sink->blob, err) < 0)
		return -1;
	sink->archive = archive_new(sink->plan->compress, &sink->blob, err);
	return sink->archive ? 0 : -1;
}

static int write_piece(void *sink_, const void *bytes, size_t len, struct error *err)
{
	struct layer_sink *sink = sink_;

	if (interrupt_wait(sink->plan->interrupt, 0))
		return interrupt_error(err);
	sink->written += len;
	progress_update(sink->plan->progress, sink->task, sink->written);
	return archive_write(sink->archive, bytes, len, err);
}

/* Let the archive of the changes be a blob. */
static int write_layer(struct layer_sink *sink, struct new_layer *ret, struct error *err)
{
	const struct new_layer_plan *plan = sink->plan;
	struct changes_request request = *plan->changes;
	struct changes_found found = { 0 };

	request.restart = begin_layer;
	if (begin_layer(sink, err) < 0 ||
	    changes_read(&request, write_piece, sink, &found, err) < 0)
		return -1;
	if (found.n_entries == 0)
		return 0;
	if (archive_finish(sink->archive, &ret->diff_id, err) < 0 ||
	    blob_finish_new(&sink->blob, &ret->blob, err) < 0)
		return -1;
	free(ret->blob.media_type);
	ret->blob.media_type = xstrdup(archive_media_type(plan->compress->compression));
	ret->is_there = true;
	return 0;
}

int new_layer_make(const struct new_layer_plan *plan, struct new_layer *ret, struct error *err)
{
	autolayersink struct layer_sink sink = { .plan = plan, .blob = BLOB_WRITER_INIT };
	int result;

	sink.task = progress_add(plan->progress, "pack", plan->changes->bundle->id,
				 PROGRESS_TOTAL_UNKNOWN);
	result = write_layer(&sink, ret, err);
	progress_finish(plan->progress, sink.task,
			result < 0      ? PROGRESS_FAILED
			: ret->is_there ? PROGRESS_DONE
					: PROGRESS_PRESENT);
	return result;
}

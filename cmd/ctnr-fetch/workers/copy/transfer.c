/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/copy/transfer.h"

#include "workers/copy/room.h"

#include "base/alloc.h"
#include "oci/blob_copy.h"
#include "oci/media_type.h"
#include "system/jobs.h"

#include <signal.h>

void transfer_release(struct transfer *transfer)
{
	free(transfer->blobs);
	transfer->blobs = NULL;
	json_free(&transfer->positions);
}

/* The job of that digest, or NULL. */
static const struct blob_job *find_job(const struct transfer *t, const struct digest *digest)
{
	const json_t *position = json_object_get(t->positions, digest->text);

	return position ? &t->blobs[json_integer_value(position)] : NULL;
}

int transfer_add(struct transfer *t, const struct descriptor *blob, struct error *err)
{
	const struct blob_job *known = find_job(t, &blob->digest);

	if (known && known->size != blob->size)
		return error_set(err, ERROR_VERIFY, "blob %s has two sizes, %llu and %llu",
				 blob->digest.text, (unsigned long long)known->size,
				 (unsigned long long)blob->size);
	if (known)
		return 0;
	if (t->n_blobs == TRANSFER_BLOBS_MAX)
		return error_set(err, ERROR_FAILED, "the image has more than %d blobs",
				 TRANSFER_BLOBS_MAX);
	if (!t->positions)
		t->positions = json_object();
	json_object_set_new(t->positions, blob->digest.text, json_integer((json_int_t)t->n_blobs));
	t->blobs = xrealloc(t->blobs, t->n_blobs + 1, sizeof(*t->blobs));
	t->blobs[t->n_blobs++] =
		(struct blob_job) { .digest = blob->digest,
				    .size = blob->size,
				    .foreign = json_object_get(blob->json, "urls") ||
					       media_type_is_foreign(blob->media_type) };
	return 0;
}

static struct blob_copy copy_into(const struct transfer *t)
{
	return (struct blob_copy) { t->layout, t->progress, t->interrupt };
}

int transfer_put(const struct transfer *t, const struct digest *digest, const void *bytes,
		 size_t len, struct error *err)
{
	const struct blob_copy copy = copy_into(t);

	return blob_copy_put(&copy, digest, bytes, len, err);
}

/* Is all of it there, because another run ended right behind the last byte? */
static bool is_whole(struct blob_writer *writer)
{
	return writer->written && writer->written == writer->size &&
	       blob_verify_written(writer, NULL) == 0;
}

/* Get what is not there yet, if anything, and publish the blob. */
static int complete_blob(struct transfer *t, void *connection, struct blob_writer *writer,
			 size_t task, struct error *err)
{
	if (writer->written)
		progress_update(t->progress, task, writer->written);
	if (!is_whole(writer) &&
	    source_get_blob(t->source, connection, writer, t->progress, task, err) < 0)
		return -1;
	return blob_finish(writer, err);
}

static int transfer_blob(struct transfer *t, void *connection, const struct blob_job *job,
			 struct error *err)
{
	autoblobwriter struct blob_writer writer = BLOB_WRITER_INIT;
	const struct blob_copy copy = copy_into(t);
	int state = blob_copy_start(&copy, &job->digest, job->size, &writer, err);
	size_t task = progress_add(t->progress, "fetch", job->digest.text, job->size);

	if (state == BLOB_PRESENT) {
		progress_finish(t->progress, task, PROGRESS_PRESENT);
		return 0;
	}
	if (state == BLOB_READY && complete_blob(t, connection, &writer, task, err) == 0) {
		progress_finish(t->progress, task, PROGRESS_DONE);
		return 0;
	}
	progress_finish(t->progress, task, PROGRESS_FAILED);
	if (!error_mentions(err, job->digest.text))
		error_prefix(err, "blob %s", job->digest.text);
	if (error_is(err, ERROR_NOT_FOUND) && job->foreign)
		error_hint(
			err,
			"its publisher keeps this layer elsewhere, where ctnr-fetch does not go");
	return -1;
}

/* The functions of the threads (system/jobs.h) that transfers blobs. */

static void *connect_thread(void *data, struct error *err)
{
	const struct transfer *t = data;

	return source_connect(t->source, err);
}

static void disconnect_thread(void *data, void *connection)
{
	const struct transfer *t = data;

	source_disconnect(t->source, connection);
}

static int transfer_job(void *data, void *connection, size_t index, struct error *err)
{
	struct transfer *t = data;

	return transfer_blob(t, connection, &t->blobs[index], err);
}

/* What is there to do, and is there room for it? */
static int count_missing(const struct transfer *t, size_t *ret, struct error *err)
{
	struct room room = ROOM_INIT;

	for (size_t i = 0; i < t->n_blobs; i++)
		room_add_blob(&room, t->layout, &t->blobs[i].digest, t->blobs[i].size);
	*ret = room.n_missing;
	return room_check(&room, t->layout, err);
}

int transfer_run(struct transfer *t, void *connection, struct error *err)
{
	const struct jobs_work work = { connect_thread, disconnect_thread, transfer_job, t };
	size_t n_missing;

	if (count_missing(t, &n_missing, err) < 0)
		return -1;
	/* A blob beyond a limit of the size of files (ulimit -f) is an error, not a silent death. */
	signal(SIGXFSZ, SIG_IGN);
	return jobs_run(&work, t->n_blobs, n_missing < t->jobs ? n_missing : t->jobs, connection,
			t->interrupt, err);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/copy/transfer.h"

#include "workers/copy/room.h"

#include "base/alloc.h"
#include "oci/blob_part.h"
#include "oci/media_type.h"

#include <pthread.h>

#define BUSY_POLL_MS 25 /* between two looks at a blob that another process makes */

/* The blobs of a transfer as the threads of one transfer_run() take them. */
struct blob_queue {
	struct transfer *transfer;
	pthread_mutex_t lock; /* of what follows */
	size_t next;
	struct error failure; /* the first */
};

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

/* blob_try_start() or blob_try_continue(). */
typedef int blob_starter(const struct layout *layout, const struct digest *digest, uint64_t size,
			 struct blob_writer *ret, struct error *err);

/* Wait for another process that makes the blob, and show how far it is; a signal that asks to stop ends the
 * waiting. */
static int await_blob(const struct transfer *t, blob_starter *start, const struct digest *digest,
		      uint64_t size, struct blob_writer *writer, struct error *err)
{
	size_t task = progress_add(t->progress, "await", digest->text, size);
	int state;

	do {
		progress_update(t->progress, task, blob_part_bytes(t->layout, digest, size));
		if (interrupt_wait(t->interrupt, BUSY_POLL_MS))
			state = interrupt_error(err);
		else
			state = start(t->layout, digest, size, writer, err);
	} while (state == BLOB_BUSY);
	progress_finish(t->progress, task, state < 0 ? PROGRESS_FAILED : PROGRESS_DONE);
	return state;
}

static int start_blob(const struct transfer *t, blob_starter *start, const struct digest *digest,
		      uint64_t size, struct blob_writer *writer, struct error *err)
{
	int state = start(t->layout, digest, size, writer, err);

	return state == BLOB_BUSY ? await_blob(t, start, digest, size, writer, err) : state;
}

int transfer_put(const struct transfer *t, const struct digest *digest, const void *bytes,
		 size_t len, struct error *err)
{
	autoblobwriter struct blob_writer writer = BLOB_WRITER_INIT;
	int state = start_blob(t, blob_try_start, digest, len, &writer, err);

	if (state < 0)
		return -1;
	if (state == BLOB_PRESENT)
		return 0;
	if (blob_write(&writer, bytes, len, err) < 0)
		return -1;
	return blob_finish(&writer, err);
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
	int state = start_blob(t, blob_try_continue, &job->digest, job->size, &writer, err);
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

static const struct blob_job *next_job(struct blob_queue *queue)
{
	const struct blob_job *job = NULL;

	pthread_mutex_lock(&queue->lock);
	if (!queue->failure.code && queue->next < queue->transfer->n_blobs)
		job = &queue->transfer->blobs[queue->next++];
	pthread_mutex_unlock(&queue->lock);
	return job;
}

/* The first failure counts; the other threads stop. */
static void note_failure(struct blob_queue *queue, const struct error *err)
{
	pthread_mutex_lock(&queue->lock);
	if (!queue->failure.code)
		queue->failure = *err;
	pthread_mutex_unlock(&queue->lock);
	interrupt_stop(queue->transfer->interrupt);
}

static void transfer_queue(struct blob_queue *queue, void *connection)
{
	const struct blob_job *job;

	while ((job = next_job(queue))) {
		struct error err = { 0 };

		if (transfer_blob(queue->transfer, connection, job, &err) < 0)
			note_failure(queue, &err);
	}
}

static void *run_thread(void *data)
{
	struct blob_queue *queue = data;
	const struct source *source = queue->transfer->source;
	struct error err = { 0 };
	void *connection = source_connect(source, &err);

	if (!connection) {
		note_failure(queue, &err);
		return NULL;
	}
	transfer_queue(queue, connection);
	source_disconnect(source, connection);
	return NULL;
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
	struct blob_queue queue = { .transfer = t, .lock = PTHREAD_MUTEX_INITIALIZER };
	autofree pthread_t *threads = NULL;
	size_t started = 0;
	size_t jobs;

	if (count_missing(t, &jobs, err) < 0)
		return -1;
	/* Threads and connections for nothing are not started. */
	if (jobs > t->jobs)
		jobs = t->jobs;
	/* A blob beyond a limit of the size of files (ulimit -f) is an error, not a silent death. */
	signal(SIGXFSZ, SIG_IGN);
	threads = xcalloc(jobs + 1, sizeof(*threads));
	/* This thread works too; fewer threads than wanted are no failure. */
	while (started + 1 < jobs &&
	       pthread_create(&threads[started], NULL, run_thread, &queue) == 0)
		started++;
	transfer_queue(&queue, connection);
	for (size_t i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
	if (!queue.failure.code)
		return 0;
	return error_move(err, &queue.failure);
}

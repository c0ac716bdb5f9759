/* SPDX-License-Identifier: Apache-2.0 */
#include "system/jobs.h"

#include "base/alloc.h"

#include <pthread.h>

/* The jobs of one jobs_run() as its threads take them. */
struct job_queue {
	const struct jobs_work *work;
	const struct interrupt *interrupt;
	size_t n_jobs;
	pthread_mutex_t lock; /* of what follows */
	size_t next_job;
	struct error failure; /* the first */
};

/* The index of the next job; false when there is none, or one has failed. */
static bool take_job(struct job_queue *queue, size_t *ret)
{
	bool has_job;

	pthread_mutex_lock(&queue->lock);
	has_job = !queue->failure.code && queue->next_job < queue->n_jobs;
	if (has_job)
		*ret = queue->next_job++;
	pthread_mutex_unlock(&queue->lock);
	return has_job;
}

/* The first failure counts; the other threads stop. */
static void note_failure(struct job_queue *queue, const struct error *err)
{
	pthread_mutex_lock(&queue->lock);
	if (!queue->failure.code)
		queue->failure = *err;
	pthread_mutex_unlock(&queue->lock);
	if (queue->interrupt)
		interrupt_stop(queue->interrupt);
}

static void do_jobs(struct job_queue *queue, void *connection)
{
	const struct jobs_work *work = queue->work;
	size_t index;

	while (take_job(queue, &index)) {
		struct error err = { 0 };

		if (work->do_job(work->data, connection, index, &err) < 0)
			note_failure(queue, &err);
	}
}

static void *run_thread(void *data)
{
	struct job_queue *queue = data;
	const struct jobs_work *work = queue->work;
	struct error err = { 0 };
	void *connection = work->connect(work->data, &err);

	if (!connection) {
		note_failure(queue, &err);
		return NULL;
	}
	do_jobs(queue, connection);
	work->disconnect(work->data, connection);
	return NULL;
}

int jobs_run(const struct jobs_work *work, size_t n_jobs, size_t n_threads, void *connection,
	     const struct interrupt *interrupt, struct error *err)
{
	struct job_queue queue = { .work = work,
				   .interrupt = interrupt,
				   .n_jobs = n_jobs,
				   .lock = PTHREAD_MUTEX_INITIALIZER };
	/* Threads and connections for nothing are not started. */
	size_t wanted = n_threads < n_jobs ? n_threads : n_jobs;
	autofree pthread_t *threads = xcalloc(wanted + 1, sizeof(*threads));
	size_t started = 0;

	while (started + 1 < wanted &&
	       pthread_create(&threads[started], NULL, run_thread, &queue) == 0)
		started++;
	do_jobs(&queue, connection);
	for (size_t i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
	return queue.failure.code ? error_move(err, &queue.failure) : 0;
}

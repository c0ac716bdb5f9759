/* SPDX-License-Identifier: Apache-2.0 */
/* Jobs that several threads do. */
#include "tap.h"

#include "base/alloc.h"
#include "system/jobs.h"

#include <pthread.h>
#include <unistd.h>

#define JOBS 200
#define THREADS 4
#define FAILING 3 /* the job that fails where one does */

/* Jobs that meet wait for ever when jobs_run() is wrong: the test ends then. */
#define PATIENCE 20 /* seconds */

/* What the threads have done. */
struct jobs_log {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	size_t order[JOBS]; /* the jobs, as they were begun */
	size_t n_begun;
	size_t n_connected;
	size_t n_disconnected;
	size_t meeting; /* no job ends before so many were begun */
	bool has_failing;
	bool is_deserted; /* nobody can be connected to */
};

#define JOBS_LOG_INIT \
	{ \
		.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER \
	}

static void *log_connect(void *data, struct error *err)
{
	struct jobs_log *log = data;

	if (log->is_deserted) {
		error_set(err, ERROR_TEMPORARY, "nobody is there");
		return NULL;
	}
	pthread_mutex_lock(&log->lock);
	log->n_connected++;
	pthread_mutex_unlock(&log->lock);
	return xcalloc(1, 1);
}

static void log_disconnect(void *data, void *connection)
{
	struct jobs_log *log = data;

	pthread_mutex_lock(&log->lock);
	log->n_disconnected++;
	pthread_mutex_unlock(&log->lock);
	free(connection);
}

static int log_job(void *data, void *connection, size_t index, struct error *err)
{
	struct jobs_log *log = data;

	if (!connection)
		return error_set(err, ERROR_FAILED, "a job without a connection");
	pthread_mutex_lock(&log->lock);
	log->order[log->n_begun++] = index;
	pthread_cond_broadcast(&log->changed);
	while (log->n_begun < log->meeting)
		pthread_cond_wait(&log->changed, &log->lock);
	pthread_mutex_unlock(&log->lock);
	if (log->has_failing && index == FAILING)
		return error_set(err, ERROR_VERIFY, "job %zu failed", index);
	return 0;
}

static int run_jobs(struct jobs_log *log, size_t n_threads, const struct interrupt *interrupt,
		    struct error *err)
{
	const struct jobs_work work = { log_connect, log_disconnect, log_job, log };
	char own_connection = 0;

	return jobs_run(&work, JOBS, n_threads, &own_connection, interrupt, err);
}

/* Was each job done once? */
static bool has_done_all(const struct jobs_log *log)
{
	bool done[JOBS] = { false };

	for (size_t i = 0; i < log->n_begun; i++) {
		if (done[log->order[i]])
			return false;
		done[log->order[i]] = true;
	}
	return log->n_begun == JOBS;
}

static void test_alone(void)
{
	struct jobs_log log = JOBS_LOG_INIT;
	struct error err = { 0 };
	bool is_in_order = true;

	is_int(run_jobs(&log, 1, NULL, &err), 0, "one thread does all jobs");
	for (size_t i = 0; i < JOBS; i++)
		is_in_order = is_in_order && log.order[i] == i;
	ok(has_done_all(&log) && is_in_order, "... each once, in their order");
	is_int((intmax_t)log.n_connected, 0, "... with the connection that it has");
}

static void test_together(void)
{
	struct jobs_log log = JOBS_LOG_INIT;
	struct error err = { 0 };

	log.meeting = THREADS;
	is_int(run_jobs(&log, THREADS, NULL, &err), 0, "four threads do four jobs at a time");
	ok(has_done_all(&log), "... each once");
	is_int((intmax_t)log.n_connected, THREADS - 1,
	       "... the calling one with its own connection, each other with a new one");
	is_int((intmax_t)log.n_disconnected, THREADS - 1, "... that it gives back");
}

static void test_failure(void)
{
	autointerrupt struct interrupt interrupt = INTERRUPT_INIT;
	struct jobs_log log = JOBS_LOG_INIT;
	struct error err = { 0 };

	if (interrupt_init(&interrupt, &err) < 0)
		exit(1);
	log.has_failing = true;
	is_int(run_jobs(&log, 1, &interrupt, &err), -1, "a job that fails is the failure of all");
	is_str(err.message, "job 3 failed", "... with its message");
	is_int(err.code, ERROR_VERIFY, "... and its code");
	is_int((intmax_t)log.n_begun, FAILING + 1, "no job is begun after it");
	ok(interrupt_wait(&interrupt, 0), "whatever waits for the interrupt is told");
}

static void test_connection(void)
{
	struct jobs_log log = JOBS_LOG_INIT;
	struct error err = { 0 };

	log.is_deserted = true;
	is_int(run_jobs(&log, THREADS, NULL, &err), -1,
	       "a thread that cannot connect is a failure");
	is_str(err.message, "nobody is there", "... whose message it is");
}

int main(void)
{
	alarm(PATIENCE);
	test_alone();
	test_together();
	test_failure();
	test_connection();
	return done_testing();
}

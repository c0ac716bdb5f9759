/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A list of jobs that several threads do, each once, in their order; the first failure stops all.
 *
 *	const struct jobs_work work = { connect, disconnect, do_job, &transfer };
 *
 *	if (jobs_run(&work, n_jobs, n_threads, connection, &interrupt, err) < 0) ...
 *
 * The calling thread works too, with a connection that it has; other threads make one each. A thread that
 * cannot be started is no failure.
 */
#ifndef SYSTEM_JOBS_H
#define SYSTEM_JOBS_H

#include "base/error.h"
#include "system/interrupt.h"

#include <stddef.h>

struct jobs_work {
	/* What a thread needs for its jobs: new; NULL with err on failure. */
	void *(*connect)(void *data, struct error *err);
	void (*disconnect)(void *data, void *connection);
	int (*do_job)(void *data, void *connection, size_t index, struct error *err);
	void *data;
};

/* Do the jobs 0 to n_jobs - 1 with n_threads threads at most. After a failure the interrupt (may be NULL) is
 * stopped, so that jobs that wait end; err is what failed first. */
int jobs_run(const struct jobs_work *work, size_t n_jobs, size_t n_threads, void *connection,
	     const struct interrupt *interrupt, struct error *err);

#endif

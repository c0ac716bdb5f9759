/* SPDX-License-Identifier: Apache-2.0 */
/* The job of the worker, from its stdin (diff/protocol.h). */
#ifndef CTNR_STORE_WORKERS_DIFF_JOB_H
#define CTNR_STORE_WORKERS_DIFF_JOB_H

#include "base/error.h"
#include "base/str.h"

#include <stdbool.h>

/* A tree: one of both. */
struct job_side {
	char *bundle; /* absolute path, or NULL */
	struct strlist layers; /* absolute paths, top first */
};

struct job {
	bool has_from; /* false: what is below the top of to */
	struct job_side from;
	struct job_side to;
};

#define JOB_INIT \
	{ \
		.from = { NULL, STRLIST_INIT }, .to = { NULL, STRLIST_INIT } \
	}

void job_release(struct job *job);
#define autojob autocleanup(job_release)

int job_read(struct job *ret, struct error *err);

#endif

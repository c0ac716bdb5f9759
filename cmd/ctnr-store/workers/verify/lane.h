/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One of the processes that go through the blobs of a job side by side: each takes the next one that
 * nobody has taken yet. A blob without layers it reads itself, because computing a digest parses nothing;
 * one with layers is read by a child that confines itself (reader.h).
 */
#ifndef CTNR_STORE_WORKERS_VERIFY_LANE_H
#define CTNR_STORE_WORKERS_VERIFY_LANE_H

#include "workers/verify/job.h"

#include "system/identity.h"

#include <stdatomic.h>

struct lane {
	const struct job *job;
	const struct identity *identity; /* probed where the job has layers */
	int storefd;
	int layersfd; /* -EBADF: the store has none */
	int layoutfd;
	atomic_size_t *next; /* shared: the number of the next blob */
};

/* Look at blobs until none is left. Lines go to stdout. Everything is borrowed. */
int lane_run(const struct lane *lane, struct error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How much of the disk new layers take (store/layer.h, LAYER_SIZE), measured while they are being synced: a
 * walk through a layer takes about a thirtieth of the time of its unpacking, and a tenth of that of its sync,
 * which waits for the disk.
 *
 *	measure_start(&measure, stagings, n);
 *	... sync
 *	measure_finish(&measure);
 *	... publish
 *
 * On a filesystem that does not tell the size before it has written the files, they are measured behind the
 * sync. Sizes are derived data: what cannot be measured or written is left to those who want to know it.
 */
#ifndef CTNR_UNPACK_WORKERS_LAYER_MEASURE_H
#define CTNR_UNPACK_WORKERS_LAYER_MEASURE_H

#include "workers/layer/staging.h"

#include "system/tree_usage.h"

#include <pthread.h>
#include <stdint.h>

struct measure {
	const struct staging *stagings; /* borrowed */
	uint64_t *bytes; /* of each; MEASURE_UNKNOWN */
	size_t n;
	enum tree_usage_state state;
	pthread_t thread;
	bool is_running;
};

#define MEASURE_UNKNOWN UINT64_MAX

/* Begin to measure layers that are complete, of one filesystem. */
void measure_start(struct measure *measure, const struct staging *stagings, size_t n);

/* The layers were synced: write their sizes. To be called after measure_start(), whatever came of the
 * sync. */
void measure_finish(struct measure *measure);

#endif

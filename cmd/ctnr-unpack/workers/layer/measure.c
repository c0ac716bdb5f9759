/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/layer/measure.h"

#include "base/alloc.h"
#include "store/layer.h"

#include <stdlib.h>

static void *measure_layers(void *data)
{
	struct measure *measure = data;

	for (size_t i = 0; i < measure->n; i++)
		if (layer_size_measure(measure->stagings[i].dirfd, measure->state,
				       &measure->bytes[i], NULL) < 0)
			measure->bytes[i] = MEASURE_UNKNOWN;
	return NULL;
}

void measure_start(struct measure *measure, const struct staging *stagings, size_t n)
{
	*measure = (struct measure) {
		.stagings = stagings,
		.n = n,
		.bytes = xcalloc(n, sizeof(measure->bytes[0])),
		.state = TREE_USAGE_UNWRITTEN,
	};
	measure->is_running = tree_usage_is_known_early(stagings[0].dirfd) &&
			      pthread_create(&measure->thread, NULL, measure_layers, measure) == 0;
}

void measure_finish(struct measure *measure)
{
	if (measure->is_running) {
		pthread_join(measure->thread, NULL);
	} else {
		measure->state = TREE_USAGE_SETTLED;
		measure_layers(measure);
	}
	for (size_t i = 0; i < measure->n; i++)
		if (measure->bytes[i] != MEASURE_UNKNOWN)
			layer_size_write(measure->stagings[i].dirfd, measure->bytes[i]);
	free(measure->bytes);
}

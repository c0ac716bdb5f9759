/* SPDX-License-Identifier: Apache-2.0 */
/*
 * linux.timeOffsets (runtime-spec config-linux.md, "Offset for Time Namespace"): what is added to the clocks
 * in a new time namespace. Linux has two clocks there, and another is an error.
 */
#ifndef CTNR_EXEC_CONFIG_TIME_OFFSETS_H
#define CTNR_EXEC_CONFIG_TIME_OFFSETS_H

#include "base/error.h"
#include "format/json.h"

#include <stdbool.h>
#include <stdint.h>

enum time_clock {
	TIME_MONOTONIC,
	TIME_BOOTTIME,
	TIME_CLOCK_MAX,
};

/* "monotonic", as config.json and the kernel call it. By enum time_clock. */
extern const char *const time_clock_names[TIME_CLOCK_MAX];

struct time_offset {
	bool is_stated;
	int64_t secs;
	uint32_t nanosecs; /* below a second */
};

struct time_offsets_config {
	struct time_offset clocks[TIME_CLOCK_MAX];
};

static inline bool time_offsets_are_stated(const struct time_offsets_config *offsets)
{
	return offsets->clocks[TIME_MONOTONIC].is_stated ||
	       offsets->clocks[TIME_BOOTTIME].is_stated;
}

/* Read the node itself; absent or empty: none is stated. */
int time_offsets_config_read(const struct jnode *node, struct time_offsets_config *ret,
			     struct error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#include "config/time_offsets.h"

#include <string.h>

#define NANOSECS_MAX 999999999

const char *const time_clock_names[TIME_CLOCK_MAX] = {
	[TIME_MONOTONIC] = "monotonic",
	[TIME_BOOTTIME] = "boottime",
};

static struct time_offset *find_clock(struct time_offsets_config *offsets, const char *name)
{
	for (int i = 0; i < TIME_CLOCK_MAX; i++)
		if (strcmp(name, time_clock_names[i]) == 0)
			return &offsets->clocks[i];
	return NULL;
}

static int read_offset(const struct jnode *entry, struct time_offset *ret, struct error *err)
{
	struct jnode secs = jnode_member(entry, "secs");
	struct jnode nanosecs_node = jnode_member(entry, "nanosecs");
	int64_t nanosecs = 0;

	if (jnode_object(entry, err) < 0 ||
	    jnode_integer_opt(&secs, INT64_MIN, INT64_MAX, &ret->secs, err) < 0 ||
	    jnode_integer_opt(&nanosecs_node, 0, NANOSECS_MAX, &nanosecs, err) < 0)
		return -1;
	ret->nanosecs = (uint32_t)nanosecs;
	ret->is_stated = jnode_is_present(entry);
	return 0;
}

int time_offsets_config_read(const struct jnode *node, struct time_offsets_config *ret,
			     struct error *err)
{
	const char *key;
	json_t *value;

	if (jnode_object(node, err) < 0)
		return -1;
	json_object_foreach ((json_t *)(uintptr_t)node->value, key, value) {
		struct jnode entry = jnode_member(node, key);
		struct time_offset *offset = find_clock(ret, key);

		if (!offset)
			return jnode_error(&entry, err, "time namespaces have no such clock");
		if (read_offset(&entry, offset, err) < 0)
			return -1;
	}
	return 0;
}

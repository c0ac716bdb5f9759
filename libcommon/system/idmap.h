/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ID maps (user_namespaces(7)): which user or group IDs inside a user namespace are which outside,
 * in its parent.
 *
 * A map holds only what the kernel takes: every range has at least one ID, no ID above
 * IDMAP_ID_MAX, no two ranges share an ID on either side, and the lines of all are shorter than a
 * page, because the kernel takes them in one write of less.
 *
 *	struct idmap map = { 0 };
 *
 *	if (idmap_read("/proc/self/uid_map", &map, err) < 0)
 *		return -1;
 *	if (idmap_to_outside(&map, getuid(), &outside)) ...
 */
#ifndef SYSTEM_IDMAP_H
#define SYSTEM_IDMAP_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The last ID there is: 2^32 - 1 means "leave it as it is" to system calls. */
#define IDMAP_ID_MAX (UINT32_MAX - 1)

/* How many ranges the kernel takes (since Linux 4.15); with pages of 4 KiB only where they are short. */
#define IDMAP_RANGES_MAX 340

/* One line of a map: count IDs, from inside on, are those from outside on. */
struct idmap_range {
	uint32_t inside;
	uint32_t outside;
	uint32_t count;
};

struct idmap {
	struct idmap_range ranges[IDMAP_RANGES_MAX];
	size_t len; /* {0} is an empty map */
};

/* Append a range. -1, and the map as it was, when the map would not hold what is said above. */
int idmap_add(struct idmap *map, uint64_t inside, uint64_t outside, uint64_t count,
	      struct error *err);

/* Make ret what a file in the form of /proc/self/uid_map says: "inside outside count" on each
 * line. -1 when it cannot be read, or is no map; ret is then not to be used. */
int idmap_read(const char *path, struct idmap *ret, struct error *err);

/* Is that ID, seen from inside, in the map? */
bool idmap_has_inside(const struct idmap *map, uint32_t id);

/* Is that ID, seen from outside, in the map? */
bool idmap_has_outside(const struct idmap *map, uint32_t id);

/* Is that ID, seen from inside, in the map, and which ID is it outside? *ret is written only when
 * the ID is in the map. */
bool idmap_to_outside(const struct idmap *map, uint32_t id, uint32_t *ret);

/* Are count IDs from first on, seen from inside, not all in the map? *ret is then the first that is
 * not. */
bool idmap_lacks(const struct idmap *map, uint32_t first, uint32_t count, uint32_t *ret);

/* Swap the sides: what was outside is inside, and the other way round. */
void idmap_invert(struct idmap *map);

/* Is every ID mapped to itself, as in the first user namespace? */
bool idmap_is_whole(const struct idmap *map);

/* Is there one ID and no more? */
bool idmap_is_single(const struct idmap *map);

/* Go on from an FNV hash with the ranges: tells maps apart (base/fnv.h). */
uint64_t idmap_hash(uint64_t hash, const struct idmap *map);

#endif

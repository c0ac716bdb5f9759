/* SPDX-License-Identifier: Apache-2.0 */
#include "system/idmap.h"

#include "base/fnv.h"
#include "base/str.h"
#include "system/fd.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define IDMAP_FILE_MAX 65536 /* bytes: IDMAP_RANGES_MAX lines of three padded numbers are 12,000 */

/* Do ranges of that many IDs from a and from b on share one? */
static bool ranges_overlap(uint64_t a, uint64_t a_count, uint64_t b, uint64_t b_count)
{
	return a < b + b_count && b < a + a_count;
}

static size_t count_digits(uint32_t number)
{
	size_t digits = 1;

	while (number >= 10) {
		number /= 10;
		digits++;
	}
	return digits;
}

/* The length of "INSIDE OUTSIDE COUNT\n". */
static size_t line_length(const struct idmap_range *range)
{
	return count_digits(range->inside) + 1 + count_digits(range->outside) + 1 +
	       count_digits(range->count) + 1;
}

/* Would the map with one range more be written by one write that the kernel takes? */
static bool text_has_room(const struct idmap *map, const struct idmap_range *range)
{
	size_t length = line_length(range);

	for (size_t i = 0; i < map->len; i++)
		length += line_length(&map->ranges[i]);
	return length < (size_t)sysconf(_SC_PAGESIZE);
}

int idmap_add(struct idmap *map, uint64_t inside, uint64_t outside, uint64_t count,
	      struct error *err)
{
	const uint64_t ids = (uint64_t)IDMAP_ID_MAX + 1;
	struct idmap_range range;

	if (map->len == IDMAP_RANGES_MAX)
		return error_set(err, ERROR_FAILED, "more than %d ranges", IDMAP_RANGES_MAX);
	if (count == 0)
		return error_set(err, ERROR_FAILED, "a range of no IDs");
	if (count > ids || inside > ids - count || outside > ids - count)
		return error_set(err, ERROR_FAILED, "a range of IDs that passes %u", IDMAP_ID_MAX);
	for (size_t i = 0; i < map->len; i++) {
		const struct idmap_range *r = &map->ranges[i];

		if (ranges_overlap(r->inside, r->count, inside, count) ||
		    ranges_overlap(r->outside, r->count, outside, count))
			return error_set(err, ERROR_FAILED,
					 "a range that shares IDs with an earlier one");
	}
	range = (struct idmap_range) { (uint32_t)inside, (uint32_t)outside, (uint32_t)count };
	if (!text_has_room(map, &range))
		return error_set(err, ERROR_FAILED,
				 "more ranges than the kernel takes in one write");
	map->ranges[map->len++] = range;
	return 0;
}

int idmap_read(const char *path, struct idmap *ret, struct error *err)
{
	autostr struct str text = STR_INIT;
	char *line;
	char *rest;

	ret->len = 0;
	if (file_read_at(AT_FDCWD, path, IDMAP_FILE_MAX, &text, err) < 0)
		return -1;
	for (line = strtok_r(text.data, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		uint32_t inside;
		uint32_t outside;
		uint32_t count;

		if (sscanf(line, "%" SCNu32 " %" SCNu32 " %" SCNu32, &inside, &outside, &count) !=
		    3)
			return error_set(err, ERROR_FAILED, "cannot read the map in '%s'", path);
		if (idmap_add(ret, inside, outside, count, err) < 0)
			return error_prefix(err, "%s", path);
	}
	return 0;
}

/* The range that has the ID inside, or NULL. */
static const struct idmap_range *find_range(const struct idmap *map, uint64_t id)
{
	for (size_t i = 0; i < map->len; i++) {
		const struct idmap_range *r = &map->ranges[i];

		if (id >= r->inside && id - r->inside < r->count)
			return r;
	}
	return NULL;
}

bool idmap_has_inside(const struct idmap *map, uint32_t id)
{
	uint32_t outside;

	return idmap_to_outside(map, id, &outside);
}

bool idmap_has_outside(const struct idmap *map, uint32_t id)
{
	for (size_t i = 0; i < map->len; i++)
		if (id >= map->ranges[i].outside &&
		    id - map->ranges[i].outside < map->ranges[i].count)
			return true;
	return false;
}

bool idmap_to_outside(const struct idmap *map, uint32_t id, uint32_t *ret)
{
	const struct idmap_range *r = find_range(map, id);

	if (r)
		*ret = r->outside + (id - r->inside);
	return r != NULL;
}

bool idmap_lacks(const struct idmap *map, uint32_t first, uint32_t count, uint32_t *ret)
{
	uint64_t id = first;

	while (id < (uint64_t)first + count) {
		const struct idmap_range *r = find_range(map, id);

		if (!r) {
			*ret = (uint32_t)id;
			return true;
		}
		id = (uint64_t)r->inside + r->count;
	}
	return false;
}

void idmap_invert(struct idmap *map)
{
	for (size_t i = 0; i < map->len; i++) {
		struct idmap_range *r = &map->ranges[i];
		uint32_t inside = r->inside;

		r->inside = r->outside;
		r->outside = inside;
	}
}

bool idmap_is_whole(const struct idmap *map)
{
	return map->len == 1 && map->ranges[0].inside == 0 && map->ranges[0].outside == 0 &&
	       map->ranges[0].count == UINT32_MAX;
}

bool idmap_is_single(const struct idmap *map)
{
	return map->len == 1 && map->ranges[0].count == 1;
}

uint64_t idmap_hash(uint64_t hash, const struct idmap *map)
{
	char text[64];

	for (size_t i = 0; i < map->len; i++) {
		const struct idmap_range *r = &map->ranges[i];
		int len =
			snprintf(text, sizeof(text), "%u %u %u\n", r->inside, r->outside, r->count);

		hash = fnv_add(hash, text, (size_t)len);
	}
	return fnv_add(hash, "/", 1);
}

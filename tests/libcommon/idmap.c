/* SPDX-License-Identifier: Apache-2.0 */
#include "tap.h"

#include "base/fnv.h"
#include "system/idmap.h"

#include <unistd.h>

static const struct {
	uint64_t inside;
	uint64_t outside;
	uint64_t count;
	bool accepted;
	const char *title;
} ranges[] = {
	/* Beside 10..19, which are 1010..1019 outside. */
	{ 0, 0, 1, true, "a range of one ID" },
	{ 20, 1020, 5, true, "a range right behind another" },
	{ 0, 1000, 10, true, "a range right before another" },
	{ UINT32_MAX - 1, 0, 1, true, "the last ID inside" },
	{ 0, UINT32_MAX - 1, 1, true, "the last ID outside" },
	{ 0, 0, 0, false, "a range of no IDs" },
	{ UINT32_MAX, 0, 1, false, "the ID that is none, inside" },
	{ 0, UINT32_MAX, 1, false, "the ID that is none, outside" },
	{ UINT32_MAX - 1, 0, 2, false, "a range that passes the last ID inside" },
	{ 0, UINT32_MAX - 1, 2, false, "a range that passes the last ID outside" },
	{ 20, 2000, UINT32_MAX, false, "a range longer than what is left" },
	{ 20, 2000, UINT64_MAX, false, "a range whose end does not fit into a number" },
	{ 19, 0, 1, false, "a range that shares its first ID inside" },
	{ 5, 0, 6, false, "a range that shares its last ID inside" },
	{ 5, 0, 100, false, "a range around another" },
	{ 30, 1015, 1, false, "a range that shares an ID outside" },
};

static void test_ranges(void)
{
	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		struct idmap map = { { { 10, 1010, 10 } }, 1 };
		struct error err = { 0 };
		int result =
			idmap_add(&map, ranges[i].inside, ranges[i].outside, ranges[i].count, &err);

		printf("# %s\n", ranges[i].title);
		if (ranges[i].accepted)
			ok(result == 0 && map.len == 2, "this range is taken");
		else
			ok(result < 0 && map.len == 1 && err.code == ERROR_FAILED,
			   "this range is refused");
	}
}

static void test_limits(void)
{
	struct idmap map = { 0 };

	ok(idmap_add(&map, 0, 0, UINT32_MAX, NULL) == 0 && idmap_is_whole(&map),
	   "all IDs are one range");
	ok(idmap_add(&map, 1, 1, 1, NULL) < 0, "... and then none is left");
	map.len = 0;
	while (idmap_add(&map, map.len * 2, map.len * 2, 1, NULL) == 0)
		;
	is_int((intmax_t)map.len, IDMAP_RANGES_MAX,
	       "a map holds as many ranges as the kernel takes");
}

static void test_long_lines(void)
{
	const uint64_t first = 1000000000;
	const size_t line = strlen("1000000000 1000000000 1\n");
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	struct idmap map = { 0 };

	while (idmap_add(&map, first + map.len * 2, first + map.len * 2, 1, NULL) == 0)
		;
	ok(map.len * line < page, "the lines of a map are shorter than a page");
	ok(map.len == IDMAP_RANGES_MAX || (map.len + 1) * line >= page,
	   "... and as long as they may be");
}

static void test_lookup(void)
{
	struct idmap map = { { { 0, 1000, 1 }, { 1, 100000, 65536 } }, 2 };
	struct idmap single = { { { 7, 1000, 1 } }, 1 };
	uint32_t outside = 42;

	ok(idmap_to_outside(&map, 0, &outside) && outside == 1000, "the first range is looked up");
	ok(idmap_to_outside(&map, 65536, &outside) && outside == 165535,
	   "... and the second's end");
	ok(!idmap_to_outside(&map, 65537, &outside) && outside == 165535,
	   "an ID that is not mapped is nothing outside");
	ok(idmap_has_inside(&map, 65536) && !idmap_has_inside(&map, 65537), "... and not inside");
	ok(idmap_has_outside(&map, 165535) && !idmap_has_outside(&map, 165536) &&
		   !idmap_has_outside(&map, 0),
	   "an ID outside is found in any of the ranges");
	ok(!idmap_is_whole(&map) && !idmap_is_single(&map),
	   "two ranges are neither whole nor single");
	ok(idmap_is_single(&single) && !idmap_is_whole(&single), "one ID is single");
	ok(idmap_hash(FNV_START, &map) != idmap_hash(FNV_START, &single), "maps differ by hash");
}

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "we");

	if (!file || fputs(text, file) == EOF || fclose(file))
		exit(1);
}

static void test_lacking(void)
{
	struct idmap map = { .ranges = { { 0, 1000, 1 }, { 1, 5000, 10 }, { 20, 6000, 5 } },
			     .len = 3 };
	struct idmap last = { .ranges = { { IDMAP_ID_MAX, 7, 1 } }, .len = 1 };
	uint32_t id = 0;

	ok(!idmap_lacks(&map, 0, 11, &id),
	   "IDs of two ranges that follow each other are all there");
	ok(!idmap_lacks(&map, 22, 3, &id), "so are some of a range");
	ok(idmap_lacks(&map, 5, 20, &id) && id == 11, "the first ID between two ranges is missing");
	ok(idmap_lacks(&map, 20, 6, &id) && id == 25, "so is the one behind the last range");
	ok(idmap_lacks(&map, 100, UINT32_MAX - 100, &id) && id == 100, "so are all IDs behind it");
	ok(!idmap_lacks(&last, IDMAP_ID_MAX, 1, &id), "the last ID that there is may be there");
	idmap_invert(&map);
	ok(!idmap_lacks(&map, 5000, 10, &id) && idmap_lacks(&map, 1, 1, &id),
	   "what was outside is inside, once the map is inverted");
}

static void test_reading(void)
{
	char path[] = "/tmp/ctnr-idmap.XXXXXX";
	struct error err = { 0 };
	struct idmap map = { .len = 5 };
	int fd = mkstemp(path);

	if (fd < 0 || close(fd) < 0)
		exit(1);
	write_file(path, "         0       1000          1\n         1     100000      65536\n");
	ok(idmap_read(path, &map, &err) == 0 && map.len == 2 && map.ranges[1].inside == 1 &&
		   map.ranges[1].outside == 100000 && map.ranges[1].count == 65536,
	   "a file in the kernel's form is read");
	write_file(path, "0 0 4294967295\n");
	ok(idmap_read(path, &map, &err) == 0 && idmap_is_whole(&map),
	   "the first user namespace's map is read");
	write_file(path, "");
	ok(idmap_read(path, &map, &err) == 0 && map.len == 0, "a map that is not written is empty");
	write_file(path, "0 zero 1\n");
	ok(idmap_read(path, &map, &err) < 0 && strstr(err.message, path),
	   "what is no map is an error that names the file");
	unlink(path);
	ok(idmap_read(path, &map, &err) < 0, "a file that is missing is an error");
	ok(idmap_read("/proc/self/uid_map", &map, &err) == 0 &&
		   idmap_has_inside(&map, (uint32_t)geteuid()),
	   "this process's user is in its own map");
}

int main(void)
{
	test_ranges();
	test_limits();
	test_long_lines();
	test_lookup();
	test_lacking();
	test_reading();
	return done_testing();
}

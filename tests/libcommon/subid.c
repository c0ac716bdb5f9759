/* SPDX-License-Identifier: Apache-2.0 */
#include "tap.h"

#include "base/alloc.h"
#include "base/cleanup.h"
#include "system/subid.h"

#include <sys/stat.h>
#include <unistd.h>

static const struct {
	const char *title;
	const char *file;
	const char
		*ranges; /* "INSIDE OUTSIDE COUNT, ..." of user me, 1000, whose map begins at 1 */
	uint64_t free_from;
} files[] = {
	{ "a range by name", "me:200000:65536\n", "1 200000 65536", 265536 },
	{ "a range by number", "1000:200000:5\n", "1 200000 5", 200005 },
	{ "two ranges", "me:200000:5\nme:300000:7\n", "1 200000 5, 6 300000 7", 300007 },
	{ "a range that is there twice", "me:200000:5\n1000:200000:5\n", "1 200000 5", 200005 },
	{ "ranges of others", "you:500000:10\nmee:1:2\n10000:3:4\n", "", 500010 },
	{ "a range that holds the user's own ID", "me:999:5\n", "", 100000 },
	{ "a range of no IDs", "me:200000:0\n", "", 200000 },
	{ "a range that passes the last ID", "me:4294967290:65536\n", "", 4295032826 },
	{ "lines that are none",
	  "\n#x\nme\nme:5\nme:x:1\nme:1:y\nme:-1:2\nme: 1:2\nme:1:2:3\nme:200000:1\n", "1 200000 1",
	  200001 },
	{ "a last line without its end", "me:200000:5", "1 200000 5", 200005 },
	{ "an empty file", "", "", 100000 },
};

static void describe(const struct idmap *map, char text[256])
{
	int len = 0;

	text[0] = '\0';
	for (size_t i = 1; i < map->len; i++)
		len += snprintf(text + len, 256 - (size_t)len, "%s%u %u %u", i > 1 ? ", " : "",
				map->ranges[i].inside, map->ranges[i].outside,
				map->ranges[i].count);
}

static void test_files(void)
{
	char path[] = "/tmp/ctnr-subid.XXXXXX";
	int fd = mkstemp(path);

	if (fd < 0 || close(fd) < 0)
		exit(1);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct idmap map = { { { 0, 1000, 1 } }, 1 };
		uint64_t free_from = 100000;
		FILE *file = fopen(path, "we");
		char text[256];

		if (!file || fputs(files[i].file, file) == EOF || fclose(file))
			exit(1);
		subid_add_ranges(path, "me", 1000, &map, &free_from);
		describe(&map, text);
		is_str(text, files[i].ranges, files[i].title);
		ok(free_from == files[i].free_from, "... and what is free begins behind it");
	}
	unlink(path);
}

/* A machine with many users, the last of whom has more ranges than a map can take. */
static void test_large_file(void)
{
	char path[] = "/tmp/ctnr-subid.XXXXXX";
	struct idmap map = { { { 0, 1000, 1 } }, 1 };
	uint64_t free_from = 100000;
	FILE *file = fdopen(mkstemp(path), "w");
	size_t length = strlen("0 1000 1\n");

	if (!file)
		exit(1);
	for (unsigned i = 0; i < 80000; i++)
		fprintf(file, "somebody%u:%u:1000\n", i, 1000000 + i * 1000);
	for (unsigned i = 0; i < 400; i++)
		fprintf(file, "me:%u:500\n", 200000 + i * 1000);
	if (fclose(file))
		exit(1);
	subid_add_ranges(path, "me", 1000, &map, &free_from);
	unlink(path);
	ok(map.len > 1 && free_from == 81000000, "a file of megabytes is read to its end");
	for (size_t i = 1; i < map.len; i++) {
		char line[40];

		length += (size_t)snprintf(line, sizeof(line), "%u %u %u\n", map.ranges[i].inside,
					   map.ranges[i].outside, map.ranges[i].count);
	}
	ok(length < (size_t)sysconf(_SC_PAGESIZE),
	   "of more ranges than the kernel takes in one write the first are kept");
}

static void test_missing(void)
{
	struct idmap map = { { { 0, 1000, 1 } }, 1 };
	uint64_t free_from = 100000;

	subid_add_ranges("/nonexistent", "me", 1000, &map, &free_from);
	ok(map.len == 1 && free_from == 100000, "a file that is missing gives nothing");
}

static void test_writers(void)
{
	char directory[] = "/tmp/ctnr-subid.XXXXXX";
	char path[SUBID_WRITER_PATH_MAX];
	char program[64];
	FILE *file;

	if (!mkdtemp(directory) || setenv("PATH", directory, 1) < 0)
		exit(1);
	is_int(subid_find_writer("ctnr-nosuch", path), SUBID_WRITER_MISSING,
	       "a program that is not there is missing");
	is_str(path, "", "... and has no path");
	snprintf(program, sizeof(program), "%s/ctnr-writer", directory);
	file = fopen(program, "we");
	if (!file || fclose(file) || chmod(program, 0755) < 0)
		exit(1);
	is_int(subid_find_writer("ctnr-writer", path), SUBID_WRITER_POWERLESS,
	       "an ordinary program has no power");
	is_str(path, program, "... and is found in PATH");
	if (chmod(program, 04755) < 0)
		exit(1);
	is_int(subid_find_writer("ctnr-writer", path),
	       getuid() == 0 ? SUBID_WRITER_READY : SUBID_WRITER_POWERLESS,
	       "set-uid has it when root owns the program");
	unlink(program);
	rmdir(directory);
}

int main(void)
{
	test_files();
	test_large_file();
	test_missing();
	test_writers();
	return done_testing();
}

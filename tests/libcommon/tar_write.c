/* SPDX-License-Identifier: Apache-2.0 */
/* The canonical form of archives: what is written where, what is refused, and that the reader gives it back. */
#include "tap.h"

#include "base/str.h"
#include "format/digest.h"
#include "format/hash.h"
#include "format/tar_header.h"
#include "format/tar_write.h"

#include <stdlib.h>

#define LONG_NAME \
	"0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
#define GIB (1ULL << 30)

static int gather(void *sink, const void *bytes, size_t len, struct error *err)
{
	(void)err;
	str_append_bytes(sink, bytes, len);
	return 0;
}

static int refuse_bytes(void *sink, const void *bytes, size_t len, struct error *err)
{
	(void)sink;
	(void)bytes;
	(void)len;
	return error_set(err, ERROR_FAILED, "the disk is full");
}

/* The archive of one entry without content (or the beginning of one with content). */
static int write_one(const struct tar_entry *entry, struct str *ret, struct error *err)
{
	autotarwriter struct tar_writer *tar = tar_writer_new(gather, ret);

	return tar_write_entry(tar, entry, err);
}

struct input {
	const struct str *bytes;
	bool is_read;
};

static int read_once(void *source, const void **ret_bytes, size_t *ret_len, struct error *err)
{
	struct input *input = source;

	(void)err;
	if (input->is_read)
		return 0;
	input->is_read = true;
	*ret_bytes = input->bytes->data;
	*ret_len = input->bytes->len;
	return 1;
}

/* The entries of an archive as text, and their content. */
static void describe(const struct str *archive, struct str *ret)
{
	struct input input = { archive, false };
	autotarreader struct tar_reader *tar = tar_reader_new(read_once, &input);
	const struct tar_entry *e;
	struct error err = { 0 };
	struct tar_data data;
	int more;

	while ((more = tar_next(tar, &e, &err)) > 0) {
		str_appendf(ret, "%d %s", e->type, e->path);
		if (e->link && e->link[0])
			str_appendf(ret, " -> %s", e->link);
		str_appendf(ret, " %o %u:%u %lld.%ld %u:%u %llu", e->mode, e->uid, e->gid,
			    (long long)e->mtime.tv_sec, e->mtime.tv_nsec, e->major, e->minor,
			    (unsigned long long)e->size);
		for (size_t i = 0; i < e->n_xattrs; i++)
			str_appendf(ret, " %s=%.*s", e->xattrs[i].name, (int)e->xattrs[i].len,
				    (const char *)e->xattrs[i].value);
		while ((more = tar_data(tar, &data, &err)) > 0)
			str_appendf(ret, " %llu:%.*s", (unsigned long long)data.offset,
				    (int)data.len, (const char *)data.bytes);
		if (more < 0)
			break;
		str_append_char(ret, '\n');
	}
	if (more < 0)
		str_appendf(ret, "error: %s", err.message);
}

static void is_read_as(const struct str *archive, const char *wanted, const char *title)
{
	autostr struct str got = STR_INIT;

	describe(archive, &got);
	is_str(got.data, wanted, title);
}

/* The records of an entry's extended header; "" when there is none, NULL when it cannot be written. */
static void has_records(const struct tar_entry *entry, const char *wanted, const char *title)
{
	autostr struct str archive = STR_INIT;
	autofree char *records = NULL;
	struct tar_header header;

	if (write_one(entry, &archive, NULL) == 0 &&
	    tar_header_parse((const unsigned char *)archive.data, &header, NULL) == 0)
		records = header.type == 'x'
				  ? strndup(archive.data + TAR_BLOCK_SIZE, (size_t)header.size)
				  : strdup("");
	is_str(records, wanted, title);
}

/* The header's name and prefix of a file, or directory, with that path. */
static void is_placed(enum tar_type type, const char *path, const char *prefix, const char *name,
		      const char *title)
{
	const struct tar_entry entry = { .type = type, .path = path };
	autostr struct str archive = STR_INIT;
	const struct tar_block *block;

	ok(write_one(&entry, &archive, NULL) == 0 && archive.len >= sizeof(*block), title);
	block = (const void *)(archive.data + archive.len - sizeof(*block));
	ok(strncmp(block->prefix, prefix, sizeof(block->prefix)) == 0 &&
		   strncmp(block->name, name, sizeof(block->name)) == 0,
	   "... and its header has it so");
}

static void is_refused(const struct tar_entry *entry, const char *message, const char *title)
{
	autostr struct str archive = STR_INIT;
	struct error err = { 0 };

	ok(write_one(entry, &archive, &err) < 0 && err.code == ERROR_FAILED && archive.len == 0,
	   title);
	is_str(strstr(err.message, message) ? message : err.message, message, "... and told");
}

static void test_header(void)
{
	static const char fields[] = "0004755\0" /* mode */
				     "0001750\0" /* uid */
				     "0000005\0" /* gid */
				     "00000000000\0" /* size */
				     "00000000001\0" /* mtime */
				     "010707\0 " /* checksum */
				     "3";
	const struct tar_entry entry = {
		.type = TAR_CHAR,
		.path = "dev/null",
		.link = "ignored",
		.mode = 020004755,
		.uid = 1000,
		.gid = 5,
		.size = 77,
		.mtime = { 1, 999999999 },
		.major = 1,
		.minor = 3,
	};
	autostr struct str archive = STR_INIT;
	const struct tar_block *block;

	is_int(write_one(&entry, &archive, NULL), 0, "a device is written");
	is_int((intmax_t)archive.len, TAR_BLOCK_SIZE, "... in one block");
	block = (const void *)archive.data;
	ok(memcmp(block->name, "dev/null\0", 9) == 0, "... its name");
	ok(memcmp(block->mode, fields, sizeof(fields) - 1) == 0, "... its numbers, octal");
	ok(memcmp(block->link, "\0", 1) == 0, "... no link");
	ok(memcmp(block->magic,
		  "ustar\0"
		  "00",
		  8) == 0,
	   "... POSIX's mark");
	ok(!block->user[0] && !block->group[0], "... no names of users");
	ok(memcmp(block->major,
		  "0000001\0"
		  "0000003\0",
		  16) == 0,
	   "... its numbers as a device");
	is_read_as(&archive, "3 dev/null 4755 1000:5 1.0 1:3 0\n",
		   "the reader gives it back, without the part of a second");
}

static void test_places(void)
{
	is_placed(TAR_FILE, LONG_NAME, "", LONG_NAME, "a path of 100 bytes stands in the header");
	is_placed(TAR_FILE, "a/b/" LONG_NAME, "a/b", LONG_NAME,
		  "a longer one is split at the first slash that leaves 100 bytes");
	is_placed(TAR_FILE, "a/b/c" LONG_NAME, "", "a/b/c" LONG_NAME,
		  "a path of which no part fits is cut");
	is_placed(TAR_FILE, "/" LONG_NAME, "", "/" LONG_NAME,
		  "a prefix is never empty: a leading slash would be lost");
	is_placed(TAR_DIRECTORY, "d", "", "d/", "a directory's path gets its slash");
	is_placed(TAR_DIRECTORY, "d/", "", "d/", "... one");
	is_placed(TAR_DIRECTORY, "a" LONG_NAME, "", "a" LONG_NAME "/",
		  "a path is not split at the slash that ends it");
	is_placed(TAR_FILE,
		  "01234567890123456789012345678901234567890123456789012345678901234567890123456789"
		  "0123456789012345678/" LONG_NAME LONG_NAME,
		  "",
		  "01234567890123456789012345678901234567890123456789012345678901234567890123456789"
		  "0123456789012345678",
		  "no name that was cut ends with a slash");
}

static void test_records(void)
{
	static const struct tar_xattr xattrs[] = { { "user.b", "2", 1 }, { "user.a", "\0x", 2 } };

	has_records(&(struct tar_entry) { .type = TAR_FILE,
					  .path = "f",
					  .uid = 07777777,
					  .gid = 07777777,
					  .size = 8 * GIB - 1,
					  .mtime = { 077777777777, 5 } },
		    "", "the largest numbers that fit need no record");
	has_records(&(struct tar_entry) { .type = TAR_FILE, .path = "\xe9\n\xff" }, "",
		    "nor do bytes that are no ASCII");
	has_records(&(struct tar_entry) { .type = TAR_FILE,
					  .path = "f",
					  .uid = 010000000,
					  .gid = UINT32_MAX - 1,
					  .size = 8 * GIB,
					  .mtime = { 0100000000000, 0 } },
		    "18 gid=4294967294\n20 mtime=8589934592\n19 size=8589934592\n15 uid=2097152\n",
		    "larger ones do");
	has_records(
		&(struct tar_entry) { .type = TAR_FILE, .path = "f", .mtime = { -2, 500000000 } },
		"12 mtime=-2\n", "times before 1970 do");
	has_records(&(struct tar_entry) { .type = TAR_SYMLINK, .path = "l", .link = "x" LONG_NAME },
		    "115 linkpath=x" LONG_NAME "\n", "long targets do");
	has_records(&(struct tar_entry) { .type = TAR_SYMLINK, .path = "l", .link = LONG_NAME }, "",
		    "... of more than 100 bytes");
	has_records(
		&(struct tar_entry) { .type = TAR_SYMLINK, .path = "l", .link = "\xff" LONG_NAME },
		"21 hdrcharset=BINARY\n115 linkpath=\xff" LONG_NAME "\n",
		"a record of a name that is no UTF-8 says so");
	has_records(&(struct tar_entry) { .type = TAR_DIRECTORY, .path = "\xc3\xa9" LONG_NAME },
		    "113 path=\xc3\xa9" LONG_NAME "/\n", "long paths do, with a directory's slash");
	has_records(
		&(struct tar_entry) { .type = TAR_FIFO,
				      .path = "p",
				      .xattrs = (const struct tar_xattr[]) { { "user.e", "", 0 } },
				      .n_xattrs = 1 },
		"24 SCHILY.xattr.user.e=\n", "an empty attribute is one");

	autostr struct str archive = STR_INIT;

	write_one(
		&(struct tar_entry) {
			.type = TAR_FILE, .path = "f", .xattrs = xattrs, .n_xattrs = 2 },
		&archive, NULL);
	ok(memcmp(archive.data + TAR_BLOCK_SIZE,
		  "26 SCHILY.xattr.user.a=\0x\n25 SCHILY.xattr.user.b=2\n", 52) == 0,
	   "attributes are sorted, and may have NUL bytes");
}

/* A record's length counts its own digits: 98 and 99 bytes beside them. */
static void test_record_lengths(void)
{
	char path[1100];
	bool all = true;

	for (size_t len = 101; len < sizeof(path) - 1; len++) {
		const struct tar_entry entry = { .type = TAR_FILE, .path = path };
		autostr struct str archive = STR_INIT;
		autostr struct str got = STR_INIT;
		autostr struct str wanted = STR_INIT;

		memset(path, 'n', len);
		path[len] = '\0';
		str_appendf(&wanted, "0 %s 0 0:0 0.0 0:0 0\n", path);
		all = all && write_one(&entry, &archive, NULL) == 0;
		describe(&archive, &got);
		all = all && strcmp(got.data, wanted.data) == 0;
	}
	ok(all, "records of all lengths are read back");
}

static void test_refused_names(void)
{
	autofree char *longest = malloc(TAR_NAME_MAX + 2);
	struct tar_entry entry = { .type = TAR_FILE, .path = longest };
	autostr struct str archive = STR_INIT;

	memset(longest, 'n', TAR_NAME_MAX + 1);
	longest[TAR_NAME_MAX + 1] = '\0';
	is_refused(&entry, "a path of more than 4095 bytes", "a path that is too long is refused");
	longest[TAR_NAME_MAX] = '\0';
	is_int(write_one(&entry, &archive, NULL), 0, "... and no shorter one");
	entry.type = TAR_DIRECTORY;
	is_refused(&entry, "a path of more than 4095 bytes", "... a directory's slash counts");
	entry = (struct tar_entry) { .type = TAR_SYMLINK, .path = "l", .link = longest };
	is_int(write_one(&entry, &archive, NULL), 0, "a target may be as long");
	longest[TAR_NAME_MAX] = 'n';
	is_refused(&entry, "target of more than 4095 bytes", "... and no longer");
	is_refused(&(struct tar_entry) { .type = TAR_FILE, .path = "" }, "without a name",
		   "an empty path is refused");
	is_refused(&(struct tar_entry) { .type = TAR_FILE, .path = "f/" }, "named as one",
		   "a file that is named as a directory is refused");
	is_refused(&(struct tar_entry) { .type = TAR_HARDLINK, .path = "f" }, "without a target",
		   "a link without a target is refused");
	is_refused(&(struct tar_entry) { .type = TAR_SYMLINK, .path = "f", .link = "" },
		   "without a target", "... and with an empty one");
}

static void test_refused_values(void)
{
	is_refused(&(struct tar_entry) { .type = TAR_FILE, .path = "f", .uid = UINT32_MAX },
		   "'f': its owner", "an owner that is none is refused");
	is_refused(&(struct tar_entry) { .type = TAR_FILE, .path = "f", .gid = UINT32_MAX },
		   "'f': its owner", "... a group, too");
	is_refused(&(struct tar_entry) { .type = TAR_BLOCK, .path = "b", .minor = 010000000 },
		   "device 0:2097152", "a device that does not fit is refused");
	is_refused(&(struct tar_entry) { .type = TAR_FILE, .path = "f", .size = INT64_MAX },
		   "too large", "a size that readers refuse is refused");
	is_refused(&(struct tar_entry) { .type = TAR_FILE, .path = "f", .size = UINT64_MAX },
		   "too large", "... the largest, too");
	is_refused(&(struct tar_entry) { .type = TAR_FILE,
					 .path = "f",
					 .mtime = { INT64_MAX / 2 + 1, 0 } },
		   "time is out of range", "a time that readers refuse is refused");
	is_refused(&(struct tar_entry) { .type = TAR_FILE, .path = "f", .mtime = { INT64_MIN, 0 } },
		   "time is out of range", "... the earliest, too");
}

static void test_refused_xattrs(void)
{
	static const char value[TAR_EXTENSION_MAX];
	struct tar_xattr xattrs[TAR_XATTRS_MAX + 1];
	char names[TAR_XATTRS_MAX + 1][16];
	struct tar_entry entry = { .type = TAR_FILE, .path = "f", .xattrs = xattrs };
	autostr struct str archive = STR_INIT;

	for (size_t i = 0; i < array_size(xattrs); i++) {
		snprintf(names[i], sizeof(names[i]), "user.%zu", i);
		xattrs[i] = (struct tar_xattr) { names[i], "", 0 };
	}
	entry.n_xattrs = TAR_XATTRS_MAX + 1;
	is_refused(&entry, "more than 128 extended attributes", "too many attributes are refused");
	entry.n_xattrs = TAR_XATTRS_MAX;
	is_int(write_one(&entry, &archive, NULL), 0, "... and no fewer");
	snprintf(names[7], sizeof(names[7]), "user.9");
	is_refused(&entry, "'user.9' is there twice",
		   "an attribute that is there twice is refused");
	entry.n_xattrs = 1;
	xattrs[0].name = "user.a=b";
	is_refused(&entry, "no way to name extended attribute 'user.a=b'",
		   "an attribute's name with '=' is refused");
	xattrs[0].name = "";
	is_refused(&entry, "no way to name", "... and an empty one");
	xattrs[0] = (struct tar_xattr) { "user.a", value, sizeof(value) - 29 };
	is_int(write_one(&entry, &archive, NULL), 0, "an extended header of 1 MiB is written");
	xattrs[0].len++;
	is_refused(&entry, "more than 1048576 bytes", "... a longer one is refused");
}

static void test_content(void)
{
	autostr struct str archive = STR_INIT;
	autotarwriter struct tar_writer *tar = tar_writer_new(gather, &archive);
	const struct tar_entry file = { .type = TAR_FILE, .path = "f", .size = 5 };
	const struct tar_entry empty = { .type = TAR_FILE, .path = "e" };
	struct error err = { 0 };

	ok(tar_write_entry(tar, &file, &err) == 0 && tar_write_data(tar, "ab", 2, &err) == 0,
	   "content comes in parts");
	is_int((intmax_t)tar_write_missing(tar), 3, "... the rest is missing");
	ok(tar_write_entry(tar, &empty, &err) < 0, "... so that no other entry can follow");
	is_str(err.message, "3 bytes of the entry before 'e' are missing", "... and it is told");
	ok(tar_write_end(tar, &err) < 0, "... nor the end");
	ok(tar_write_data(tar, "cdef", 4, &err) < 0, "... nor more than is missing");
	ok(tar_write_data(tar, "cde", 3, &err) == 0 && tar_write_data(tar, "", 0, &err) == 0 &&
		   tar_write_entry(tar, &empty, &err) == 0 && tar_write_end(tar, &err) == 0,
	   "with the rest it goes on");
	is_int((intmax_t)archive.len, 5 * TAR_BLOCK_SIZE, "content fills blocks, two end it");
	is_read_as(&archive, "0 f 0 0:0 0.0 0:0 5 0:abcde\n0 e 0 0:0 0.0 0:0 0\n",
		   "the reader gives it back");
}

static int write_sparse(const struct tar_entry *entry, const struct tar_segment *segments, size_t n,
			struct str *ret, struct error *err)
{
	autotarwriter struct tar_writer *tar = tar_writer_new(gather, ret);

	if (tar_write_sparse_entry(tar, entry, segments, n, err) < 0)
		return -1;
	while (tar_write_missing(tar))
		if (tar_write_data(tar, "x", 1, err) < 0)
			return -1;
	return tar_write_end(tar, err);
}

static void test_sparse(void)
{
	static const struct tar_segment pieces[] = { { 4096, 2 }, { 9 * GIB, 3 } };
	static const struct tar_segment whole[] = { { 0, 3 } };
	static const struct tar_segment touching[] = { { 0, 2 }, { 2, 2 } };
	static const struct tar_segment empty[] = { { 4, 0 } };
	struct tar_entry entry = { .type = TAR_FILE, .path = "s", .size = 10 * GIB };
	autostr struct str archive = STR_INIT;
	struct error err = { 0 };

	is_int(write_sparse(&entry, pieces, 2, &archive, NULL), 0, "a sparse file is written");
	ok(memcmp(archive.data + TAR_BLOCK_SIZE,
		  "22 GNU.sparse.major=1\n22 GNU.sparse.minor=0\n21 GNU.sparse.name=s\n"
		  "35 GNU.sparse.realsize=10737418240\n",
		  100) == 0,
	   "... as GNU's format 1.0");
	is_str(archive.data + 2 * TAR_BLOCK_SIZE, "GNUSparseFile.0/x",
	       "... under a name that tells who does not know it");
	is_str(archive.data + 3 * TAR_BLOCK_SIZE, "3\n4096\n2\n9663676416\n3\n10737418240\n0\n",
	       "... with an empty piece where it ends in a hole");
	is_read_as(&archive, "0 s 0 0:0 0.0 0:0 10737418240 4096:xx 9663676416:xxx\n",
		   "... and read back");
	str_clear(&archive);
	is_int(write_sparse(&entry, NULL, 0, &archive, NULL), 0, "a file of holes is written");
	is_read_as(&archive, "0 s 0 0:0 0.0 0:0 10737418240\n", "... and read back");
	str_clear(&archive);
	entry.size = 3;
	is_int(write_sparse(&entry, whole, 1, &archive, NULL), 0, "a file without holes");
	is_str(archive.data, "s", "... is an ordinary one");
	entry.size = 10;
	ok(write_sparse(&entry, touching, 2, &archive, &err) < 0, "pieces that touch are refused");
	ok(write_sparse(&entry, empty, 1, &archive, &err) < 0, "... and empty ones");
	ok(write_sparse(&entry, pieces, 1, &archive, &err) < 0, "... and what is behind the end");
	entry.type = TAR_DIRECTORY;
	ok(write_sparse(&entry, whole, 1, &archive, &err) < 0, "... and what is no file");
}

static void test_sink(void)
{
	autotarwriter struct tar_writer *tar = tar_writer_new(refuse_bytes, NULL);
	struct error err = { 0 };

	ok(tar_write_entry(tar, &(struct tar_entry) { .path = "f" }, &err) < 0,
	   "where the bytes cannot go is an error");
	is_str(err.message, "the disk is full", "... as the sink told it");
}

int main(void)
{
	test_header();
	test_places();
	test_records();
	test_record_lengths();
	test_refused_names();
	test_refused_values();
	test_refused_xattrs();
	test_content();
	test_sparse();
	test_sink();
	return done_testing();
}

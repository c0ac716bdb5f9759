/* SPDX-License-Identifier: Apache-2.0 */
/* Owners that the disk cannot have: the attribute, the lines of a file, and their writer. */
#include "tap.h"

#include "base/alloc.h"
#include "layer/owners_writer.h"
#include "system/fd.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

static void attribute(uint32_t uid, uint32_t gid, const char *wanted, size_t wanted_len)
{
	unsigned char value[OWNER_VALUE_MAX];
	size_t len = owner_encode((struct owner) { uid, gid }, value);
	struct owner read_back = { 1, 1 };
	char title[128];

	snprintf(title, sizeof(title), "the attribute of %u:%u is written and read", uid, gid);
	ok(len == wanted_len && memcmp(value, wanted, len) == 0 &&
		   owner_decode(value, len, &read_back) == 0 && read_back.uid == uid &&
		   read_back.gid == gid,
	   title);
}

static void attribute_is(const char *value, size_t len, uint32_t uid, uint32_t gid,
			 const char *title)
{
	struct owner owner = { 7, 7 };

	ok(owner_decode(value, len, &owner) == 0 && owner.uid == uid && owner.gid == gid, title);
}

static void damaged_attribute(const char *value, size_t len, const char *title)
{
	struct owner owner = { 7, 7 };

	ok(owner_decode(value, len, &owner) < 0 && owner.uid == 7 && owner.gid == 7, title);
}

static void test_attributes(void)
{
	attribute(0, 0, "\x08\x00\x10\x00", 4);
	attribute(1, 127, "\x08\x01\x10\x7f", 4);
	attribute(128, 65534, "\x08\x80\x01\x10\xfe\xff\x03", 7);
	attribute(UINT32_MAX, UINT32_MAX, "\x08\xff\xff\xff\xff\x0f\x10\xff\xff\xff\xff\x0f", 12);
	attribute_is("", 0, 0, 0, "an absent field is 0");
	attribute_is("\x10\x05", 2, 0, 5, "... one alone too");
	attribute_is("\x08\x01\x1a\x02xy\x21"
		     "12345678"
		     "\x2d"
		     "1234\x30\x80\x01\x10\x02",
		     25, 1, 2, "unknown fields of every type are passed over");
	attribute_is("\x08\x01\x08\x02", 4, 2, 0, "of two values the last counts");
	damaged_attribute("\x08", 1, "a field without a value is damage");
	damaged_attribute("\x08\x80", 2, "... one that is cut too");
	damaged_attribute("\x08\x80\x80\x80\x80\x10", 6, "... and one of more than 32 bits");
	damaged_attribute("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 12,
			  "... or one without an end");
	damaged_attribute("\x1a\x05xy", 4, "... and bytes that are not there");
	damaged_attribute("\x0b\x08\x01", 3, "... and a type that is none");
	damaged_attribute("\x00\x00", 2, "... and a field of number 0");
}

static void line(const char *text, const char *path, struct owners_record wanted)
{
	autostr struct str got_path = STR_INIT;
	autostr struct str again = STR_INIT;
	struct owners_record got = { 0 };
	char title[256];

	snprintf(title, sizeof(title), "'%s' is read", text);
	ok(owners_parse(text, strlen(text), &got, &got_path) == 0 && got.type == wanted.type &&
		   got.owner.uid == wanted.owner.uid && got.owner.gid == wanted.owner.gid &&
		   got.is_placeholder == wanted.is_placeholder && got.major == wanted.major &&
		   got.minor == wanted.minor,
	   title);
	is_str(got_path.data, path, "... its path");
	owners_format(&again, &got, got_path.data);
	ok(again.len == strlen(text) + 1 && strncmp(again.data, text, again.len - 1) == 0 &&
		   again.data[again.len - 1] == '\n',
	   "... and written as it was");
}

static void damaged_line(const char *text)
{
	struct owners_record record = { .type = '?' };
	char title[256];

	snprintf(title, sizeof(title), "'%s' is damage", text);
	ok(owners_parse(text, strlen(text), &record, NULL) < 0 && record.type == '?', title);
}

static void test_lines(void)
{
	static const char *const damaged[] = {
		"",
		"l",
		"x 0 0 - /a",
		"l 0 0 - a",
		"l 0 0 /a",
		"l 0  0 - /a",
		"l -1 0 - /a",
		"l 01 0 - /a",
		"l 4294967296 0 - /a",
		"l 0 0 1:3 /a",
		"c 0 0 1 /a",
		"c 0 0 1: /a",
		"l 0 0 - /a b",
		"l 0 0 - /a\\",
		"l 0 0 - /a\\04",
		"l 0 0 - /a\\089",
		"l 0 0 - /a\\000",
		"l 0 0 - /a\\777",
		"l 0 0 - /\\141",
		"l 0 0 - /\xff",
		"l 0 0 - ",
	};

	line("l 5 6 - /a/b", "a/b", (struct owners_record) { 'l', { 5, 6 }, false, 0, 0 });
	line("d 0 0 - /", "", (struct owners_record) { 'd', { 0, 0 }, false, 0, 0 });
	line("p 4294967295 0 - /\\040\\134\\012\\377x", " \\\n\xffx",
	     (struct owners_record) { 'p', { UINT32_MAX, 0 }, false, 0, 0 });
	line("c 1 2 1:3 /dev/null", "dev/null",
	     (struct owners_record) { 'c', { 1, 2 }, true, 1, 3 });
	line("b 1 2 - /dev/sda", "dev/sda", (struct owners_record) { 'b', { 1, 2 }, false, 0, 0 });
	for (size_t i = 0; i < array_size(damaged); i++)
		damaged_line(damaged[i]);
}

static int file_of(const char *text)
{
	int fd = memfd_create("owners", MFD_CLOEXEC);

	if (fd < 0 || fd_write_all(fd, text, strlen(text)) < 0)
		abort();
	return fd;
}

static void damaged_file(const char *text, const char *wanted)
{
	struct owners_table table = OWNERS_TABLE_INIT;
	autoclose int fd = file_of(text);
	struct error err = { 0 };

	ok(owners_table_read(&table, fd, &err) < 0, "a damaged file is an error");
	is_str(err.message, wanted, "... that names the line");
	owners_table_release(&table);
}

static void test_tables(void)
{
	struct owners_table table = OWNERS_TABLE_INIT;
	autostr struct str text = STR_INIT;
	autoclose int empty = file_of("");
	struct owners_record record;
	bool all = true;

	ok(owners_table_read(&table, empty, NULL) == 0 && !owners_table_find(&table, "", &record),
	   "an empty file has no records");
	for (int i = 0; i < 1000; i++)
		str_appendf(&text, "l %d 0 - /f%d\n", i, i % 500);
	{
		autoclose int fd = file_of(text.data);

		ok(owners_table_read(&table, fd, NULL) == 0, "a file of 1000 lines is read");
	}
	for (int i = 0; i < 500; i++) {
		autofree char *path = xasprintf("f%d", i);

		all = all && owners_table_find(&table, path, &record) &&
		      record.owner.uid == (uint32_t)i + 500;
	}
	ok(all, "of lines for one path the last holds");
	ok(!owners_table_find(&table, "f", &record) && !owners_table_find(&table, "f5000", &record),
	   "a path that is part of another is not found");
	owners_table_release(&table);
	damaged_file("l 0 0 - /a\nl 0 0 /b\n", "'owners': line 2 is damaged");
	damaged_file("l 0 0 - /a", "'owners': line 1 is damaged");
}

static void test_writer(void)
{
	static const struct identity identity = { .rung = IDENTITY_SINGLE };
	const struct owners_record first = { 'l', { 1, 1 }, false, 0, 0 };
	const struct owners_record second = { 'c', { 2, 2 }, true, 1, 3 };
	struct owners_writer writer;
	struct owners_record found;
	autoclose int fd = file_of("p 9 9 - /old\n");
	autostr struct str text = STR_INIT;

	owners_writer_init(&writer, &identity, fd);
	ok(writer.has_records, "a file that has lines has records");
	owners_writer_add(&writer, &first, "a", NULL);
	ok(owners_writer_find(&writer, "a", &found, NULL) == 1 && found.owner.uid == 1,
	   "a record is found before it is written");
	owners_writer_add(&writer, &second, "a", NULL);
	ok(owners_writer_find(&writer, "a", &found, NULL) == 1 && found.is_placeholder,
	   "... and the one after it");
	ok(owners_writer_find(&writer, "old", &found, NULL) == 1 && found.owner.uid == 9,
	   "... and what the file had");
	is_int(owners_writer_find(&writer, "none", &found, NULL), 0, "... and nothing else");
	owners_writer_flush(&writer, NULL);
	lseek(fd, 0, SEEK_SET);
	fd_read_rest(fd, 4096, &text, NULL);
	is_str(text.data, "p 9 9 - /old\nl 1 1 - /a\nc 2 2 1:3 /a\n", "all of it is written, once");
	owners_writer_release(&writer);
}

int main(void)
{
	test_attributes();
	test_lines();
	test_tables();
	test_writer();
	return done_testing();
}

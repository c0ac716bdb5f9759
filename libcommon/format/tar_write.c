/* SPDX-License-Identifier: Apache-2.0 */
#include "format/tar_write.h"

#include "base/alloc.h"
#include "format/tar_header.h"

#include <stdlib.h>
#include <string.h>

/* The name of every extended header, for readers that know none and make a file of it. */
#define EXTENSION_NAME "PaxHeaders.0/x"
/* The name in the header of a sparse file, for readers that do not know the format: GNU.sparse.name has
 * the one that counts. */
#define SPARSE_NAME "GNUSparseFile.0/x"
/* As format/tar.c: a file's size, and the time in an extended header. */
#define SIZE_LIMIT ((uint64_t)INT64_MAX - TAR_BLOCK_SIZE)
#define TIME_LIMIT (INT64_MAX / 2)

static const unsigned char zeros[2 * TAR_BLOCK_SIZE];

struct tar_writer {
	tar_sink write;
	void *sink;
	struct str records; /* of the entry's extended header */
	struct str head; /* all that comes before the entry's content */
	uint64_t missing; /* bytes of the content */
	unsigned int padding; /* behind it */
};

/* What follows an entry's header. */
struct content {
	const struct str *map; /* of a sparse file; NULL: it is not sparse */
	uint64_t len; /* of what is behind the map */
};

struct tar_writer *tar_writer_new(tar_sink write, void *sink)
{
	struct tar_writer *writer = xcalloc(1, sizeof(*writer));

	writer->write = write;
	writer->sink = sink;
	writer->records = (struct str)STR_INIT;
	writer->head = (struct str)STR_INIT;
	return writer;
}

void tar_writer_free(struct tar_writer *writer)
{
	if (!writer)
		return;
	str_release(&writer->records);
	str_release(&writer->head);
	free(writer);
}

static int compare_xattrs(const void *a, const void *b)
{
	return strcmp(((const struct tar_xattr *)a)->name, ((const struct tar_xattr *)b)->name);
}

/* Copy the attributes in the order of their names. */
static int sort_xattrs(const struct tar_entry *entry, struct tar_xattr *ret, struct error *err)
{
	if (entry->n_xattrs > TAR_XATTRS_MAX)
		return error_set(err, ERROR_FAILED, "more than %d extended attributes",
				 TAR_XATTRS_MAX);
	for (size_t i = 0; i < entry->n_xattrs; i++) {
		ret[i] = entry->xattrs[i];
		if (!ret[i].name[0] || strchr(ret[i].name, '='))
			return error_set(err, ERROR_FAILED,
					 "an archive has no way to name extended attribute '%s'",
					 ret[i].name);
	}
	qsort(ret, entry->n_xattrs, sizeof(*ret), compare_xattrs);
	for (size_t i = 1; i < entry->n_xattrs; i++)
		if (strcmp(ret[i - 1].name, ret[i].name) == 0)
			return error_set(err, ERROR_FAILED,
					 "extended attribute '%s' is there twice", ret[i].name);
	return 0;
}

static bool has_link(const struct tar_entry *entry)
{
	return entry->type == TAR_HARDLINK || entry->type == TAR_SYMLINK;
}

static bool is_device(const struct tar_entry *entry)
{
	return entry->type == TAR_CHAR || entry->type == TAR_BLOCK;
}

static bool fits_octal(size_t size, uint64_t value)
{
	return value >> (3 * (size - 1)) == 0;
}

static int check_names(const struct tar_entry *entry, struct error *err)
{
	size_t len = strlen(entry->path);
	bool has_slash = len && entry->path[len - 1] == '/';
	bool is_directory = entry->type == TAR_DIRECTORY;

	if (!len)
		return error_set(err, ERROR_FAILED, "an entry without a name");
	if (len + (is_directory && !has_slash) > TAR_NAME_MAX)
		return error_set(err, ERROR_FAILED, "a path of more than %d bytes", TAR_NAME_MAX);
	if (has_slash && !is_directory)
		return error_set(err, ERROR_FAILED, "it is no directory and named as one");
	if (!has_link(entry))
		return 0;
	if (!entry->link || !entry->link[0])
		return error_set(err, ERROR_FAILED, "a link without a target");
	if (strlen(entry->link) > TAR_NAME_MAX)
		return error_set(err, ERROR_FAILED, "a link's target of more than %d bytes",
				 TAR_NAME_MAX);
	return 0;
}

static int check_numbers(const struct tar_entry *entry, struct error *err)
{
	if (entry->uid == UINT32_MAX || entry->gid == UINT32_MAX)
		return error_set(err, ERROR_FAILED, "its owner is no user or group");
	if (is_device(entry) && (!fits_octal(tar_field_size(major), entry->major) ||
				 !fits_octal(tar_field_size(minor), entry->minor)))
		return error_set(err, ERROR_FAILED, "device %u:%u is out of range", entry->major,
				 entry->minor);
	if (entry->mtime.tv_sec > TIME_LIMIT || entry->mtime.tv_sec < -TIME_LIMIT)
		return error_set(err, ERROR_FAILED, "its time is out of range");
	return 0;
}

static size_t decimal_digits(size_t n)
{
	size_t digits = 1;

	while (n /= 10)
		digits++;
	return digits;
}

/* "LENGTH KEY=VALUE\n"; the length counts its own digits. */
static void append_record(struct str *records, const char *prefix, const char *key,
			  const void *value, size_t value_len)
{
	size_t rest = strlen(" =\n") + strlen(prefix) + strlen(key) + value_len;
	size_t len = rest;

	while (rest + decimal_digits(len) != len)
		len = rest + decimal_digits(len);
	str_appendf(records, "%zu %s%s=", len, prefix, key);
	str_append_bytes(records, value, value_len);
	str_append_char(records, '\n');
}

static void append_number(struct str *records, const char *prefix, const char *key, int64_t value)
{
	autostr struct str text = STR_INIT;

	str_appendf(&text, "%lld", (long long)value);
	append_record(records, prefix, key, text.data, text.len);
}

/* How a path stands in a header. */
struct path_place {
	size_t prefix; /* bytes of it that are the prefix; 0: there is none */
	bool is_record; /* it does not fit */
};

static struct path_place find_place(const char *path, size_t len)
{
	size_t last = len - 2; /* something stands behind the slash */

	if (len <= tar_field_size(name))
		return (struct path_place) { 0 };
	for (size_t i = len - tar_field_size(name) - 1; i <= tar_field_size(prefix) && i <= last;
	     i++)
		if (i && path[i] == '/')
			return (struct path_place) { .prefix = i };
	return (struct path_place) { .is_record = true };
}

static bool is_utf8(const char *text)
{
	uint32_t code;
	size_t left = strlen(text);

	while (left) {
		size_t len = str_utf8(text, left, &code);

		if (!len)
			return false;
		text += len;
		left -= len;
	}
	return true;
}

static void append_sparse_records(struct str *records, const struct tar_entry *entry)
{
	append_number(records, TAR_KEY_SPARSE, "major", 1);
	append_number(records, TAR_KEY_SPARSE, "minor", 0);
	append_record(records, TAR_KEY_SPARSE, "name", entry->path, strlen(entry->path));
	append_number(records, TAR_KEY_SPARSE, "realsize", (int64_t)entry->size);
}

/* What of the entry does not fit into a header, by keyword. */
static int collect_records(const struct tar_entry *entry, const char *path, uint64_t stored,
			   bool is_sparse, struct str *ret, struct error *err)
{
	struct tar_xattr xattrs[TAR_XATTRS_MAX];
	bool has_path = !is_sparse && find_place(path, strlen(path)).is_record;
	bool has_linkpath = has_link(entry) && strlen(entry->link) > tar_field_size(link);
	int64_t mtime = entry->mtime.tv_sec;

	if (sort_xattrs(entry, xattrs, err) < 0)
		return -1;
	str_clear(ret);
	if (is_sparse)
		append_sparse_records(ret, entry);
	for (size_t i = 0; i < entry->n_xattrs; i++)
		append_record(ret, TAR_KEY_XATTR, xattrs[i].name, xattrs[i].value, xattrs[i].len);
	if (!fits_octal(tar_field_size(gid), entry->gid))
		append_number(ret, "", "gid", entry->gid);
	if (((has_path || is_sparse) && !is_utf8(path)) || (has_linkpath && !is_utf8(entry->link)))
		append_record(ret, "", "hdrcharset", "BINARY", strlen("BINARY"));
	if (has_linkpath)
		append_record(ret, "", "linkpath", entry->link, strlen(entry->link));
	if (mtime < 0 || !fits_octal(tar_field_size(mtime), (uint64_t)mtime))
		append_number(ret, "", "mtime", mtime);
	if (has_path)
		append_record(ret, "", "path", path, strlen(path));
	if (!fits_octal(tar_field_size(size), stored))
		append_number(ret, "", "size", (int64_t)stored);
	if (!fits_octal(tar_field_size(uid), entry->uid))
		append_number(ret, "", "uid", entry->uid);
	if (ret->len > TAR_EXTENSION_MAX)
		return error_set(err, ERROR_FAILED,
				 "its extended attributes and names have more than %u bytes",
				 TAR_EXTENSION_MAX);
	return 0;
}

/* Digits and a NUL; what does not fit is 0, because a record has it. */
static void put_octal(char *field, size_t size, uint64_t value)
{
	if (!fits_octal(size, value))
		value = 0;
	field[--size] = '\0';
	for (; size; value >>= 3)
		field[--size] = (char)('0' + (value & 7));
}

/* A name, or what of it fits. */
static void put_name(char *field, size_t size, const char *name)
{
	size_t len = strnlen(name, size + 1);

	if (len > size)
		for (len = size; len && name[len - 1] == '/';)
			len--;
	memcpy(field, name, len);
}

static void put_path(struct tar_block *block, const char *path)
{
	struct path_place place = find_place(path, strlen(path));

	memcpy(block->prefix, path, place.prefix);
	put_name(block->name, tar_field_size(name), path + place.prefix + (place.prefix ? 1 : 0));
}

static char type_letter(enum tar_type type)
{
	static const char letters[] = {
		[TAR_FILE] = '0',  [TAR_HARDLINK] = '1',  [TAR_SYMLINK] = '2', [TAR_CHAR] = '3',
		[TAR_BLOCK] = '4', [TAR_DIRECTORY] = '5', [TAR_FIFO] = '6',
	};

	return letters[type];
}

/* Append a header of what stands in the entry, with a name for it. */
static void append_header(struct str *head, char type, const char *path,
			  const struct tar_entry *entry, uint64_t stored)
{
	struct tar_block block = { .type = type, .magic = "ustar", .version = { '0', '0' } };
	int64_t mtime = entry->mtime.tv_sec;

	put_path(&block, path);
	if (has_link(entry))
		put_name(block.link, sizeof(block.link), entry->link);
	put_octal(block.mode, sizeof(block.mode), entry->mode & 07777);
	put_octal(block.uid, sizeof(block.uid), entry->uid);
	put_octal(block.gid, sizeof(block.gid), entry->gid);
	put_octal(block.size, sizeof(block.size), stored);
	put_octal(block.mtime, sizeof(block.mtime), mtime < 0 ? 0 : (uint64_t)mtime);
	put_octal(block.major, sizeof(block.major), is_device(entry) ? entry->major : 0);
	put_octal(block.minor, sizeof(block.minor), is_device(entry) ? entry->minor : 0);
	put_octal(block.checksum, sizeof(block.checksum) - 1, tar_checksum(&block));
	block.checksum[sizeof(block.checksum) - 1] = ' ';
	str_append_bytes(head, &block, sizeof(block));
}

static void append_extension(struct str *head, const struct str *records)
{
	static const struct tar_entry extension = { .type = TAR_FILE, .mode = 0644 };

	append_header(head, 'x', EXTENSION_NAME, &extension, records->len);
	str_append_bytes(head, records->data, records->len);
	str_append_bytes(head, zeros, tar_padding(records->len));
}

static int begin_entry(struct tar_writer *w, const struct tar_entry *entry,
		       const struct content *content, struct error *err)
{
	bool is_sparse = content->map != NULL;
	uint64_t stored = content->len + (is_sparse ? content->map->len : 0);
	autostr struct str path = STR_INIT;

	str_append(&path, entry->path);
	if (entry->type == TAR_DIRECTORY && path.data[path.len - 1] != '/')
		str_append_char(&path, '/');
	if (stored > SIZE_LIMIT)
		return error_set(err, ERROR_FAILED, "it is too large");
	if (collect_records(entry, path.data, stored, is_sparse, &w->records, err) < 0)
		return -1;
	str_clear(&w->head);
	if (w->records.len)
		append_extension(&w->head, &w->records);
	append_header(&w->head, type_letter(entry->type), is_sparse ? SPARSE_NAME : path.data,
		      entry, stored);
	if (is_sparse)
		str_append_bytes(&w->head, content->map->data, content->map->len);
	w->missing = content->len;
	w->padding = tar_padding(content->len);
	return 0;
}

/* Check what is wanted, then write all that comes before the content. */
static int write_head(struct tar_writer *w, const struct tar_entry *entry,
		      const struct content *content, struct error *err)
{
	if (w->missing)
		return error_set(err, ERROR_FAILED,
				 "%llu bytes of the entry before '%.300s' are missing",
				 (unsigned long long)w->missing, entry->path);
	if (check_names(entry, err) < 0 || check_numbers(entry, err) < 0 ||
	    begin_entry(w, entry, content, err) < 0)
		return error_prefix(err, "'%.300s'", entry->path);
	return w->write(w->sink, w->head.data, w->head.len, err) < 0 ? -1 : 0;
}

int tar_write_entry(struct tar_writer *w, const struct tar_entry *entry, struct error *err)
{
	const struct content content = { .len = entry->type == TAR_FILE ? entry->size : 0 };

	if (content.len > SIZE_LIMIT)
		return error_set(err, ERROR_FAILED, "'%.300s' is too large", entry->path);
	return write_head(w, entry, &content, err);
}

/* The end of the last piece; sum counts their bytes. */
static int check_segments(const struct tar_entry *entry, const struct tar_segment *segments,
			  size_t n, uint64_t *ret_sum, uint64_t *ret_end, struct error *err)
{
	uint64_t end = 0;
	uint64_t sum = 0;

	if (entry->type != TAR_FILE || entry->size > INT64_MAX || n >= TAR_SEGMENTS_MAX)
		return error_set(
			err, ERROR_FAILED,
			"'%.300s' cannot be a sparse file: no file, too large, or of %u pieces or more",
			entry->path, TAR_SEGMENTS_MAX);
	for (size_t i = 0; i < n; i++) {
		const struct tar_segment *s = &segments[i];

		if (!s->len || (i && s->offset <= end) || s->offset > entry->size ||
		    s->len > entry->size - s->offset)
			return error_set(err, ERROR_FAILED,
					 "'%.300s': a sparse file's pieces are not in order",
					 entry->path);
		end = s->offset + s->len;
		sum += s->len;
	}
	*ret_sum = sum;
	*ret_end = end;
	return 0;
}

/* The count and the pairs, each number on a line. GNU tar makes a file that ends in a hole as long as it must
 * be by an empty piece at its end. */
static void make_map(const struct tar_entry *entry, const struct tar_segment *segments, size_t n,
		     uint64_t end, struct str *ret)
{
	bool ends_in_hole = end < entry->size;

	str_appendf(ret, "%zu\n", n + ends_in_hole);
	for (size_t i = 0; i < n; i++)
		str_appendf(ret, "%llu\n%llu\n", (unsigned long long)segments[i].offset,
			    (unsigned long long)segments[i].len);
	if (ends_in_hole)
		str_appendf(ret, "%llu\n0\n", (unsigned long long)entry->size);
	str_append_bytes(ret, zeros, tar_padding(ret->len));
}

int tar_write_sparse_entry(struct tar_writer *w, const struct tar_entry *entry,
			   const struct tar_segment *segments, size_t n_segments, struct error *err)
{
	autostr struct str map = STR_INIT;
	struct content content = { .map = &map };
	uint64_t end = 0;

	if (check_segments(entry, segments, n_segments, &content.len, &end, err) < 0)
		return -1;
	if (content.len == entry->size)
		return tar_write_entry(w, entry, err);
	make_map(entry, segments, n_segments, end, &map);
	return write_head(w, entry, &content, err);
}

int tar_write_data(struct tar_writer *w, const void *bytes, size_t len, struct error *err)
{
	if (len > w->missing)
		return error_set(err, ERROR_FAILED, "more content than the entry's size says");
	if (!len)
		return 0;
	if (w->write(w->sink, bytes, len, err) < 0)
		return -1;
	w->missing -= len;
	if (w->missing || !w->padding)
		return 0;
	return w->write(w->sink, zeros, w->padding, err) < 0 ? -1 : 0;
}

uint64_t tar_write_missing(const struct tar_writer *w)
{
	return w->missing;
}

int tar_write_end(struct tar_writer *w, struct error *err)
{
	if (w->missing)
		return error_set(err, ERROR_FAILED, "%llu bytes of the last entry are missing",
				 (unsigned long long)w->missing);
	return w->write(w->sink, zeros, sizeof(zeros), err) < 0 ? -1 : 0;
}

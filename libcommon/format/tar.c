/* SPDX-License-Identifier: Apache-2.0 */
#include "format/tar.h"

#include "base/alloc.h"
#include "base/str.h"
#include "format/magic.h"
#include "format/tar_header.h"

#include <string.h>

struct tar_reader {
	tar_source read;
	void *source;
	const unsigned char *bytes; /* what is left of the source's last block */
	size_t len;
	unsigned char block[TAR_BLOCK_SIZE]; /* a header that the source gave in two parts */
	bool has_begun; /* a header was read */
	bool has_ended;

	/* Of the present entry. */
	struct tar_entry entry;
	struct str extension_text;
	struct tar_extension extension;
	struct str long_path; /* GNU 'L' */
	struct str long_link; /* GNU 'K' */
	char path[sizeof(((struct tar_header *)0)->path)];
	char link[sizeof(((struct tar_header *)0)->link)];
	bool has_extension, has_long_path, has_long_link;

	/* Of its content: stored bytes that follow, and the piece of the file that they are. */
	uint64_t stored;
	unsigned int padding;
	bool is_sparse;
	struct tar_segments segments;
	size_t segment;
	uint64_t position; /* within the segment; within the file when it is not sparse */
};

struct tar_reader *tar_reader_new(tar_source read, void *source)
{
	struct tar_reader *reader = xcalloc(1, sizeof(*reader));

	reader->read = read;
	reader->source = source;
	reader->extension_text = (struct str)STR_INIT;
	reader->long_path = (struct str)STR_INIT;
	reader->long_link = (struct str)STR_INIT;
	return reader;
}

void tar_reader_free(struct tar_reader *reader)
{
	if (!reader)
		return;
	tar_extension_clear(&reader->extension);
	str_release(&reader->extension_text);
	str_release(&reader->long_path);
	str_release(&reader->long_link);
	free(reader->segments.items);
	free(reader);
}

static int truncated_error(struct error *err)
{
	return error_set(err, ERROR_FAILED, "damaged archive: it ends in the middle of an entry");
}

/* Have at least one byte at hand. 1, 0 at the end, -1. */
static int fill_buffer(struct tar_reader *r, struct error *err)
{
	while (r->len == 0) {
		const void *bytes;
		int more = r->read(r->source, &bytes, &r->len, err);

		if (more <= 0) {
			r->len = 0;
			return more;
		}
		r->bytes = bytes;
	}
	return 1;
}

/* Point at the next len bytes, at most what is at hand, and pass them. */
static const void *take_buffered(struct tar_reader *r, size_t *len)
{
	const void *bytes = r->bytes;

	if (*len > r->len)
		*len = r->len;
	r->bytes += *len;
	r->len -= *len;
	return bytes;
}

static int skip_bytes(struct tar_reader *r, uint64_t n, struct error *err)
{
	while (n) {
		int more = fill_buffer(r, err);
		size_t len = n < SIZE_MAX ? (size_t)n : SIZE_MAX;

		if (more <= 0)
			return more < 0 ? -1 : truncated_error(err);
		take_buffered(r, &len);
		n -= len;
	}
	return 0;
}

static int copy_bytes(struct tar_reader *r, void *to, size_t n, struct error *err)
{
	size_t done = 0;

	while (done < n) {
		int more = fill_buffer(r, err);
		size_t len = n - done;
		const void *bytes;

		if (more <= 0)
			return more < 0 ? -1 : truncated_error(err);
		bytes = take_buffered(r, &len);
		memcpy((char *)to + done, bytes, len);
		done += len;
	}
	return 0;
}

/* 1 and the next header block, 0 at the end of input, -1. */
static int next_block(struct tar_reader *r, const unsigned char **ret, struct error *err)
{
	int more = fill_buffer(r, err);
	size_t len = TAR_BLOCK_SIZE;

	if (more <= 0)
		return more;
	if (r->len >= TAR_BLOCK_SIZE) {
		*ret = take_buffered(r, &len);
		return 1;
	}
	/* An archive that is cut in its first block leaves zeros behind what there is of it. */
	*ret = r->block;
	return copy_bytes(r, r->block, TAR_BLOCK_SIZE, err) < 0 ? -1 : 1;
}

/* The next header block, parsed. 1, 0 at the end of input, -1. Something that is no archive at all is
 * named when it is known. */
static int next_header(struct tar_reader *r, const unsigned char **ret_block,
		       struct tar_header *ret, struct error *err)
{
	const unsigned char *block = NULL;
	int more = next_block(r, &block, err);
	const char *name = block && !r->has_begun ? magic_name(block, TAR_BLOCK_SIZE) : NULL;

	*ret_block = block;
	if (more == 0 || (more > 0 && tar_block_is_zero(block)))
		return 0;
	if (more > 0 && tar_header_parse(block, ret, err) == 0) {
		r->has_begun = true;
		return 1;
	}
	if (name)
		error_set(
			err, ERROR_FAILED,
			"it is no archive but %s data: layers are compressed with gzip, zstd or not at all",
			name);
	return -1;
}

/* The content of an extension entry: long names, extended headers. */
static int read_text(struct tar_reader *r, uint64_t size, size_t max, struct str *ret,
		     struct error *err)
{
	if (size > max)
		return error_set(err, ERROR_FAILED,
				 "an extended header or name has %llu bytes, more than %zu",
				 (unsigned long long)size, max);
	str_clear(ret);
	str_reserve(ret, (size_t)size);
	if (copy_bytes(r, ret->data, (size_t)size, err) < 0)
		return -1;
	ret->len = (size_t)size;
	ret->data[ret->len] = '\0';
	return skip_bytes(r, tar_padding(size), err);
}

static int read_long_name(struct tar_reader *r, const struct tar_header *header, bool *has,
			  struct str *ret, struct error *err)
{
	if (*has)
		return error_set(err, ERROR_FAILED,
				 "ambiguous archive: two long names for one entry");
	*has = true;
	/* GNU tar counts the NUL. */
	if (read_text(r, header->size, TAR_NAME_MAX + 1, ret, err) < 0)
		return -1;
	while (ret->len && ret->data[ret->len - 1] == '\0')
		ret->len--;
	if (memchr(ret->data, 0, ret->len))
		return error_set(err, ERROR_FAILED, "ambiguous archive: a name with a NUL byte");
	return 0;
}

static int read_extension(struct tar_reader *r, const struct tar_header *header, struct error *err)
{
	if (r->has_extension)
		return error_set(err, ERROR_FAILED,
				 "ambiguous archive: two extended headers for one entry");
	r->has_extension = true;
	if (read_text(r, header->size, TAR_EXTENSION_MAX, &r->extension_text, err) < 0)
		return -1;
	return tar_extension_parse(r->extension_text.data, r->extension_text.len, &r->extension,
				   err);
}

/* Some readers apply global headers to all that follows, some ignore them. We take those where it
 * makes no difference (git's "comment"). */
static int read_global(struct tar_reader *r, const struct tar_header *header, struct error *err)
{
	autostr struct str text = STR_INIT;
	struct tar_extension e = { 0 };
	bool matters;
	int result;

	if (read_text(r, header->size, TAR_EXTENSION_MAX, &text, err) < 0)
		return -1;
	result = tar_extension_parse(text.data, text.len, &e, err);
	matters = e.path || e.link || e.has_size || e.has_uid || e.has_gid || e.has_mtime ||
		  e.n_xattrs || e.sparse != TAR_SPARSE_NONE || e.sparse_path || e.has_sparse_size ||
		  e.segments.len;
	tar_extension_clear(&e);
	if (result == 0 && matters)
		return error_set(err, ERROR_FAILED,
				 "ambiguous archive: a global header that changes entries");
	return result;
}

static int parse_type(const struct tar_header *header, enum tar_type *ret, struct error *err)
{
	switch (header->type) {
	case '0':
	case '\0':
	case '7':
	case 'S':
		*ret = TAR_FILE;
		return 0;
	case '1':
		*ret = TAR_HARDLINK;
		return 0;
	case '2':
		*ret = TAR_SYMLINK;
		return 0;
	case '3':
		*ret = TAR_CHAR;
		return 0;
	case '4':
		*ret = TAR_BLOCK;
		return 0;
	case '5':
		*ret = TAR_DIRECTORY;
		return 0;
	case '6':
		*ret = TAR_FIFO;
		return 0;
	default:
		return error_set(err, ERROR_FAILED, "unknown entry type '%c'", header->type);
	}
}

/* One of up to three sources of a name. */
static int choose_name(const char *short_name, const struct str *long_name, bool has_long,
		       const char *extended, const char **ret, struct error *err)
{
	if (has_long && extended && strcmp(long_name->data, extended) != 0)
		return error_set(err, ERROR_FAILED,
				 "ambiguous archive: an entry has two different names");
	*ret = extended ? extended : has_long ? long_name->data : short_name;
	return 0;
}

static int take_names(struct tar_reader *r, const struct tar_header *header, struct error *err)
{
	const struct tar_extension *e = &r->extension;
	const char *path = e->sparse_path ? e->sparse_path : e->path;

	memcpy(r->path, header->path, sizeof(r->path));
	memcpy(r->link, header->link, sizeof(r->link));
	if (choose_name(r->path, &r->long_path, r->has_long_path, path, &r->entry.path, err) < 0 ||
	    choose_name(r->link, &r->long_link, r->has_long_link, e->link, &r->entry.link, err) < 0)
		return -1;
	if (!r->entry.path[0])
		return error_set(err, ERROR_FAILED, "an entry has an empty name");
	if ((r->entry.type == TAR_SYMLINK || r->entry.type == TAR_HARDLINK) && !r->entry.link[0])
		return error_set(err, ERROR_FAILED, "'%.300s': a link without a target",
				 r->entry.path);
	return 0;
}

static int take_id(const char *what, uint64_t value, uint32_t *ret, struct error *err)
{
	if (value >= UINT32_MAX)
		return error_set(err, ERROR_FAILED, "%s %lld is out of range", what,
				 (long long)value);
	*ret = (uint32_t)value;
	return 0;
}

static int take_metadata(struct tar_reader *r, const struct tar_header *header, struct error *err)
{
	const struct tar_extension *e = &r->extension;
	struct tar_entry *entry = &r->entry;

	entry->mode = header->mode;
	entry->mtime = e->has_mtime ? e->mtime : (struct timespec) { .tv_sec = header->mtime };
	entry->xattrs = e->xattrs;
	entry->n_xattrs = e->n_xattrs;
	/* Negative numbers become large ones, which are refused. */
	if (take_id("uid", e->has_uid ? e->uid : (uint64_t)header->uid, &entry->uid, err) < 0 ||
	    take_id("gid", e->has_gid ? e->gid : (uint64_t)header->gid, &entry->gid, err) < 0 ||
	    take_id("device", (uint64_t)header->major, &entry->major, err) < 0 ||
	    take_id("device", (uint64_t)header->minor, &entry->minor, err) < 0)
		return error_prefix(err, "'%.300s'", entry->path);
	return 0;
}

/* The map of pax 1.0: a count and that many pairs, each number on a line, padded to a block; it is
 * part of the stored bytes. */
static int read_data_map(struct tar_reader *r, struct error *err)
{
	char line[24];
	size_t len = 0;
	uint64_t used = 0;
	uint64_t left = 1; /* numbers still to be read: first the count */
	uint64_t offset = 0;
	bool has_count = false;

	while (left) {
		uint64_t number;
		char c;

		if (used++ == r->stored || copy_bytes(r, &c, 1, err) < 0)
			return truncated_error(err);
		if (c != '\n') {
			if (len == sizeof(line))
				return truncated_error(err);
			line[len++] = c;
			continue;
		}
		if (tar_decimal(line, len, &number) < 0 ||
		    (!has_count && number > TAR_SEGMENTS_MAX))
			return error_set(err, ERROR_FAILED, "damaged archive: a sparse file's map");
		len = 0;
		left--;
		if (!has_count)
			left = 2 * number;
		else if (left % 2)
			offset = number;
		else if (tar_segments_add(&r->segments, offset, number, err) < 0)
			return -1;
		has_count = true;
	}
	if (used + tar_padding(used) > r->stored)
		return truncated_error(err);
	r->stored -= used + tar_padding(used);
	return skip_bytes(r, tar_padding(used), err);
}

static int read_gnu_map(struct tar_reader *r, const unsigned char *block, struct error *err)
{
	bool more;

	if (tar_segments_parse_header(block, &r->segments, &r->entry.size, &more, err) < 0)
		return -1;
	while (more) {
		int found = next_block(r, &block, err);

		if (found <= 0)
			return found < 0 ? -1 : truncated_error(err);
		if (tar_segments_parse_block(block, &r->segments, &more, err) < 0)
			return -1;
	}
	return 0;
}

/* Set up the content that follows the header. */
static int take_content(struct tar_reader *r, const struct tar_header *header,
			const unsigned char *block, struct error *err)
{
	const struct tar_extension *e = &r->extension;
	uint64_t size = e->has_size ? e->size : header->size;

	r->segment = 0;
	r->position = 0;
	r->segments.len = 0;
	r->is_sparse = false;
	if (r->entry.type != TAR_FILE) {
		/* No content follows, whatever size the header states: all readers agree, and old
		 * writers give directories one. A size in an extended header has led readers
		 * astray (CVE-2025-62518). */
		if (e->has_size && e->size)
			return error_set(err, ERROR_FAILED,
					 "ambiguous archive: '%.300s' is no file and has a size",
					 r->entry.path);
		return 0;
	}
	if (size > INT64_MAX - TAR_BLOCK_SIZE)
		return error_set(err, ERROR_FAILED, "'%.300s' is too large", r->entry.path);
	r->stored = size;
	r->padding = tar_padding(size);
	r->entry.size = size;
	if (header->type != 'S' && e->sparse == TAR_SPARSE_NONE)
		return 0;
	if ((header->type == 'S') == (e->sparse != TAR_SPARSE_NONE) ||
	    (header->type != 'S' && !e->has_sparse_size))
		return error_set(err, ERROR_FAILED, "ambiguous archive: sparse file '%.300s'",
				 r->entry.path);
	r->is_sparse = true;
	r->entry.size = e->sparse_size;
	if (header->type == 'S') {
		if (read_gnu_map(r, block, err) < 0)
			return -1;
	} else if (e->sparse == TAR_SPARSE_DATA) {
		if (read_data_map(r, err) < 0)
			return -1;
	} else {
		for (size_t i = 0; i < e->segments.len; i++)
			if (tar_segments_add(&r->segments, e->segments.items[i].offset,
					     e->segments.items[i].len, err) < 0)
				return -1;
	}
	if (r->entry.size > INT64_MAX)
		return error_set(err, ERROR_FAILED, "'%.300s' is too large", r->entry.path);
	return tar_segments_check(&r->segments, r->entry.size, r->stored, err);
}

/* The archive ends with two zero blocks, or just ends. */
static int take_end(struct tar_reader *r, struct error *err)
{
	const unsigned char *block;
	int more = next_block(r, &block, err);

	if (more > 0 && !tar_block_is_zero(block))
		return error_set(err, ERROR_FAILED,
				 "ambiguous archive: it goes on behind a zero block");
	return more < 0 ? -1 : 0;
}

/* What fills the content's last block. The archive may end without it: nothing is missing then. */
static int pass_padding(struct tar_reader *r, struct error *err)
{
	while (r->padding) {
		int more = fill_buffer(r, err);
		size_t len = r->padding;

		if (more <= 0)
			return more;
		take_buffered(r, &len);
		r->padding -= (unsigned int)len;
	}
	return 0;
}

/* Finish the entry before. */
static int pass_content(struct tar_reader *r, struct error *err)
{
	if (skip_bytes(r, r->stored, err) < 0 || pass_padding(r, err) < 0)
		return -1;
	r->stored = 0;
	r->padding = 0;
	tar_extension_clear(&r->extension);
	r->has_extension = r->has_long_path = r->has_long_link = false;
	return 0;
}

/* 1 when the block only adds to the entry that follows, 0 when it is one. */
static int take_addition(struct tar_reader *r, const struct tar_header *header, struct error *err)
{
	switch (header->type) {
	case 'x':
		return read_extension(r, header, err) < 0 ? -1 : 1;
	case 'g':
		return read_global(r, header, err) < 0 ? -1 : 1;
	case 'L':
		return read_long_name(r, header, &r->has_long_path, &r->long_path, err) < 0 ? -1
											    : 1;
	case 'K':
		return read_long_name(r, header, &r->has_long_link, &r->long_link, err) < 0 ? -1
											    : 1;
	default:
		return 0;
	}
}

/* The file that old writers meant as a directory: its name ends with a slash. */
static int fix_old_directory(struct tar_reader *r, const struct tar_header *header,
			     struct error *err)
{
	size_t len = strlen(r->entry.path);

	if (r->entry.type != TAR_FILE || r->entry.path[len - 1] != '/')
		return 0;
	if (header->size || (r->extension.has_size && r->extension.size))
		return error_set(err, ERROR_FAILED,
				 "ambiguous archive: '%.300s' is a file and named as a directory",
				 r->entry.path);
	r->entry.type = TAR_DIRECTORY;
	return 0;
}

int tar_next(struct tar_reader *r, const struct tar_entry **ret, struct error *err)
{
	struct tar_header header;
	const unsigned char *block = NULL;
	int is_addition = 1;

	if (r->has_ended)
		return 0;
	if (pass_content(r, err) < 0)
		return -1;
	while (is_addition) {
		int more = next_header(r, &block, &header, err);

		if (more < 0)
			return -1;
		if (more == 0) {
			if (r->has_extension || r->has_long_path || r->has_long_link)
				return truncated_error(err);
			r->has_ended = true;
			return block ? take_end(r, err) : 0;
		}
		is_addition = take_addition(r, &header, err);
		if (is_addition < 0)
			return -1;
	}
	r->entry = (struct tar_entry) { 0 };
	if (parse_type(&header, &r->entry.type, err) < 0 || take_names(r, &header, err) < 0 ||
	    fix_old_directory(r, &header, err) < 0 || take_metadata(r, &header, err) < 0 ||
	    take_content(r, &header, block, err) < 0)
		return -1;
	*ret = &r->entry;
	return 1;
}

int tar_data(struct tar_reader *r, struct tar_data *ret, struct error *err)
{
	const struct tar_segment *s = NULL;
	size_t len;
	int more;

	if (r->stored == 0)
		return 0;
	if (r->is_sparse) {
		while (r->position == r->segments.items[r->segment].len) {
			r->segment++;
			r->position = 0;
		}
		s = &r->segments.items[r->segment];
	}
	more = fill_buffer(r, err);
	if (more <= 0)
		return more < 0 ? -1 : truncated_error(err);
	len = r->stored < SIZE_MAX ? (size_t)r->stored : SIZE_MAX;
	if (s && len > s->len - r->position)
		len = (size_t)(s->len - r->position);
	ret->bytes = take_buffered(r, &len);
	ret->len = len;
	ret->offset = (s ? s->offset : 0) + r->position;
	r->position += len;
	r->stored -= len;
	return 1;
}

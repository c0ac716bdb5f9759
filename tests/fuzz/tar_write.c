/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzzes the writer of archives: the input is an archive whose entries are written again, or, behind a first
 * byte 'r', a list of entries that nobody would make. What the writer takes the reader must give back, and
 * writing that again must give the same bytes.
 */
#include "base/alloc.h"
#include "base/str.h"
#include "format/tar_header.h"
#include "format/tar_write.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Input comes in pieces of odd length, so that headers and content are split. */
#define PIECE 1000
#define INPUT_MAX (1U << 20)

struct input {
	const uint8_t *data;
	size_t len;
};

/* The content of a file, piece by piece. */
struct pieces {
	struct tar_segments segments;
	struct str bytes;
};

static int read_input(void *source, const void **ret_bytes, size_t *ret_len, struct error *err)
{
	struct input *input = source;

	(void)err;
	*ret_bytes = input->data;
	*ret_len = input->len < PIECE ? input->len : PIECE;
	input->data += *ret_len;
	input->len -= *ret_len;
	return *ret_len > 0;
}

static int gather(void *sink, const void *bytes, size_t len, struct error *err)
{
	(void)err;
	str_append_bytes(sink, bytes, len);
	return 0;
}

static void fix_checksums(uint8_t *data, size_t size)
{
	for (size_t at = 0; at + TAR_BLOCK_SIZE <= size; at += TAR_BLOCK_SIZE) {
		struct tar_block *block = (void *)(data + at);
		uint32_t sum = tar_checksum(block);

		for (size_t i = 6; data[at] && i-- > 0; sum >>= 3)
			block->checksum[i] = (char)('0' + (sum & 7));
		if (data[at])
			memcpy(block->checksum + 6, "\0 ", 2);
	}
}

/* The whole entry as bytes, every number and text told apart. */
static void describe(const struct tar_entry *e, const struct pieces *pieces, struct str *ret)
{
	bool has_link = e->type == TAR_HARDLINK || e->type == TAR_SYMLINK;
	bool is_device = e->type == TAR_CHAR || e->type == TAR_BLOCK;

	str_appendf(ret, "%d %s%s|%s|%o %u:%u %lld %u:%u %llu %zu\n", e->type, e->path,
		    e->type == TAR_DIRECTORY && !str_ends_with(e->path, "/") ? "/" : "",
		    has_link ? e->link : "", e->mode & 07777, e->uid, e->gid,
		    (long long)e->mtime.tv_sec, is_device ? e->major : 0, is_device ? e->minor : 0,
		    e->type == TAR_FILE ? (unsigned long long)e->size : 0, e->n_xattrs);
	for (size_t i = 0; i < pieces->segments.len; i++)
		str_appendf(ret, "%llu+%llu ", (unsigned long long)pieces->segments.items[i].offset,
			    (unsigned long long)pieces->segments.items[i].len);
	str_append_bytes(ret, pieces->bytes.data, pieces->bytes.len);
}

static int compare_xattrs(const void *a, const void *b)
{
	return strcmp(((const struct tar_xattr *)a)->name, ((const struct tar_xattr *)b)->name);
}

static void describe_xattrs(const struct tar_entry *e, struct str *ret)
{
	struct tar_xattr *sorted = xmemdup(e->xattrs, e->n_xattrs * sizeof(*sorted) + !e->n_xattrs);

	qsort(sorted, e->n_xattrs, sizeof(*sorted), compare_xattrs);
	for (size_t i = 0; i < e->n_xattrs; i++) {
		str_appendf(ret, "%s %zu ", sorted[i].name, sorted[i].len);
		str_append_bytes(ret, sorted[i].value, sorted[i].len);
	}
	free(sorted);
}

/* Write an entry, and say what was written. */
static void write_entry(struct tar_writer *tar, const struct tar_entry *entry,
			const struct pieces *pieces, struct str *archive, struct str *written)
{
	size_t before = archive->len;
	int result = entry->type == TAR_FILE
			     ? tar_write_sparse_entry(tar, entry, pieces->segments.items,
						      pieces->segments.len, NULL)
			     : tar_write_entry(tar, entry, NULL);

	if (result < 0) {
		if (archive->len != before)
			abort();
		return;
	}
	if (tar_write_missing(tar) != (entry->type == TAR_FILE ? pieces->bytes.len : 0) ||
	    tar_write_data(tar, pieces->bytes.data, pieces->bytes.len, NULL) < 0)
		abort();
	describe(entry, pieces, written);
	describe_xattrs(entry, written);
}

/* Gather the content; pieces that touch are one. */
static int read_pieces(struct tar_reader *tar, struct pieces *ret)
{
	struct tar_data data;
	int more;

	ret->segments.len = 0;
	str_clear(&ret->bytes);
	while ((more = tar_data(tar, &data, NULL)) > 0) {
		struct tar_segment *last =
			ret->segments.len ? &ret->segments.items[ret->segments.len - 1] : NULL;

		if (last && last->offset + last->len == data.offset)
			last->len += data.len;
		else if (tar_segments_add(&ret->segments, data.offset, data.len, NULL) < 0)
			return -1;
		str_append_bytes(&ret->bytes, data.bytes, data.len);
	}
	return more;
}

/* Write what is read until it ends, or is refused. Returns the reader's result. */
static int write_again(struct input input, struct str *archive, struct str *written)
{
	autotarreader struct tar_reader *from = tar_reader_new(read_input, &input);
	autotarwriter struct tar_writer *to = tar_writer_new(gather, archive);
	struct pieces pieces = { .bytes = STR_INIT };
	const struct tar_entry *entry;
	int more;

	while ((more = tar_next(from, &entry, NULL)) > 0 &&
	       (more = read_pieces(from, &pieces)) == 0)
		write_entry(to, entry, &pieces, archive, written);
	free(pieces.segments.items);
	str_release(&pieces.bytes);
	if (tar_write_end(to, NULL) < 0)
		abort();
	return more;
}

static const uint8_t *take_bytes(struct input *input, size_t len)
{
	static const uint8_t none[8];
	const uint8_t *bytes = input->data;

	if (len > input->len)
		return none;
	input->data += len;
	input->len -= len;
	return bytes;
}

static uint64_t take_number(struct input *input)
{
	uint64_t number = 0;
	uint8_t size = *take_bytes(input, 1) % 9;

	memcpy(&number, take_bytes(input, size), size);
	return number;
}

/* A text of the input's bytes, some of them many times. */
static char *take_text(struct input *input)
{
	size_t times = *take_bytes(input, 1) % 4 == 0 ? 60 : 1;
	size_t len = *take_bytes(input, 1);
	struct str text = STR_INIT;

	if (len > input->len)
		len = input->len;
	for (size_t i = 0; i < times; i++)
		str_append_bytes(&text, input->data, len);
	take_bytes(input, len);
	str_append_char(&text, '\0');
	return str_steal(&text);
}

static void take_entry(struct input *input, struct tar_writer *tar, struct str *archive,
		       struct str *written)
{
	struct tar_segment segment = { take_number(input) >> 1, *take_bytes(input, 1) };
	struct pieces pieces = { { &segment, segment.len > 0, 1 }, STR_INIT };
	autofree char *path = take_text(input);
	autofree char *link = take_text(input);
	autofree char *name = take_text(input);
	struct tar_xattr xattr = { name, take_bytes(input, 4), 4 };
	const struct tar_entry entry = {
		.type = (enum tar_type)(*take_bytes(input, 1) % (TAR_FIFO + 1)),
		.path = path,
		.link = link,
		.mode = (uint32_t)take_number(input),
		.uid = (uint32_t)take_number(input),
		.gid = (uint32_t)take_number(input),
		.size = segment.offset + segment.len + take_number(input) / 4,
		.mtime = { (time_t)take_number(input), 0 },
		.major = (uint32_t)take_number(input),
		.minor = (uint32_t)take_number(input),
		.xattrs = &xattr,
		.n_xattrs = name[0] != 0,
	};

	if (entry.type != TAR_FILE)
		pieces.segments.len = segment.len = 0;
	for (size_t i = 0; i < segment.len; i++)
		str_append_char(&pieces.bytes, 'x');
	write_entry(tar, &entry, &pieces, archive, written);
	str_release(&pieces.bytes);
}

static void write_random(struct input input, struct str *archive, struct str *written)
{
	autotarwriter struct tar_writer *tar = tar_writer_new(gather, archive);

	while (input.len)
		take_entry(&input, tar, archive, written);
	if (tar_write_end(tar, NULL) < 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autofree uint8_t *copy = NULL;
	autostr struct str first = STR_INIT;
	autostr struct str second = STR_INIT;
	autostr struct str written = STR_INIT;
	autostr struct str read = STR_INIT;

	if (size == 0 || size > INPUT_MAX)
		return 0;
	copy = xmemdup(data, size);
	if (data[0] == 'r') {
		write_random((struct input) { copy + 1, size - 1 }, &first, &written);
	} else {
		fix_checksums(copy, size);
		write_again((struct input) { copy, size }, &first, &written);
	}
	if (write_again((struct input) { (const uint8_t *)first.data, first.len }, &second,
			&read) != 0)
		abort();
	if (first.len != second.len || memcmp(first.data, second.data, first.len) != 0 ||
	    written.len != read.len || memcmp(written.data, read.data, read.len) != 0)
		abort();
	return 0;
}

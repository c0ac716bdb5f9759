/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads an archive on stdin and writes its entries in the canonical form to stdout: what format/tar_write.h
 * makes is shown to other programs so.
 */
#include "base/alloc.h"
#include "base/str.h"
#include "format/tar_header.h"
#include "format/tar_write.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int read_stdin(void *buffer, const void **ret_bytes, size_t *ret_len, struct error *err)
{
	ssize_t len = read(STDIN_FILENO, buffer, 1U << 16);

	if (len < 0)
		return error_errno(err, "cannot read");
	*ret_bytes = buffer;
	*ret_len = (size_t)len;
	return len > 0;
}

static int write_stdout(void *sink, const void *bytes, size_t len, struct error *err)
{
	(void)sink;
	return fwrite(bytes, 1, len, stdout) == len ? 0 : error_errno(err, "cannot write");
}

/* Content and its pieces; those that touch are one. */
static int read_pieces(struct tar_reader *from, struct tar_segments *segments, struct str *content,
		       struct error *err)
{
	struct tar_data data;
	int more;

	while ((more = tar_data(from, &data, err)) > 0) {
		struct tar_segment *last =
			segments->len ? &segments->items[segments->len - 1] : NULL;

		if (last && last->offset + last->len == data.offset)
			last->len += data.len;
		else if (tar_segments_add(segments, data.offset, data.len, err) < 0)
			return -1;
		str_append_bytes(content, data.bytes, data.len);
	}
	return more;
}

static int rewrite_entry(struct tar_reader *from, struct tar_writer *to,
			 const struct tar_entry *entry, struct error *err)
{
	autofree struct tar_segment *items = NULL;
	autostr struct str content = STR_INIT;
	struct tar_segments segments = { 0 };
	int result = read_pieces(from, &segments, &content, err);

	items = segments.items;
	if (result < 0)
		return -1;
	result = entry->type == TAR_FILE
			 ? tar_write_sparse_entry(to, entry, items, segments.len, err)
			 : tar_write_entry(to, entry, err);
	return result < 0 ? -1 : tar_write_data(to, content.data, content.len, err);
}

int main(void)
{
	autofree void *buffer = xmalloc(1U << 16);
	autotarreader struct tar_reader *from = tar_reader_new(read_stdin, buffer);
	autotarwriter struct tar_writer *to = tar_writer_new(write_stdout, NULL);
	const struct tar_entry *entry;
	struct error err = { 0 };
	int more;

	while ((more = tar_next(from, &entry, &err)) > 0)
		if (rewrite_entry(from, to, entry, &err) < 0)
			break;
	if (more == 0 && tar_write_end(to, &err) == 0 && fflush(stdout) == 0)
		return EXIT_SUCCESS;
	fprintf(stderr, "rewrite-tar: %s\n", err.message);
	return EXIT_FAILURE;
}

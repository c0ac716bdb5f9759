/* SPDX-License-Identifier: Apache-2.0 */
#include "reader.h"

#include "comparison.h"
#include "merged.h"
#include "upper.h"

#include "base/alloc.h"
#include "system/descriptor_limit.h"
#include "system/fd.h"
#include "system/process.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PIPE_BUFFER (128U << 10) /* bytes */

/* The archive on its way into the pipe. */
struct pipe_buffer {
	int fd;
	size_t len;
	char bytes[PIPE_BUFFER];
};

static int pipe_flush(struct pipe_buffer *buffer, struct error *err)
{
	if (fd_write_all(buffer->fd, buffer->bytes, buffer->len) < 0)
		return error_errno(err, "cannot hand on the archive");
	buffer->len = 0;
	return 0;
}

static int pipe_write(void *sink, const void *bytes, size_t len, struct error *err)
{
	struct pipe_buffer *buffer = sink;

	if (buffer->len + len > sizeof(buffer->bytes) && pipe_flush(buffer, err) < 0)
		return -1;
	if (len > sizeof(buffer->bytes))
		return fd_write_all(buffer->fd, bytes, len) < 0
			       ? error_errno(err, "cannot hand on the archive")
			       : 0;
	memcpy(buffer->bytes + buffer->len, bytes, len);
	buffer->len += len;
	return 0;
}

static int compare_descriptors(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

/* What the tool has open is none of the reader's business: files that it writes, directories from which ".." leads
 * out, its output, which becomes the place of reports. */
static int keep_descriptors(const struct reader *reader, struct error *err)
{
	const struct changes_request *request = reader->request;
	int kept[] = { reader->archive_fd, request->bundle->dirfd,
		       request->store && request->store->path ? request->store->dirfd
							      : STDERR_FILENO };
	unsigned int next = STDERR_FILENO + 1;

	if (dup2(reader->report_fd, STDOUT_FILENO) < 0)
		return error_errno(err, "cannot duplicate a descriptor");
	qsort(kept, array_size(kept), sizeof(kept[0]), compare_descriptors);
	for (size_t i = 0; i < array_size(kept); i++) {
		unsigned int fd = (unsigned int)kept[i];

		if (fd > next && close_range(next, fd - 1, 0) < 0)
			return error_errno(err, "cannot close descriptors");
		if (fd >= next)
			next = fd + 1;
	}
	return close_range(next, ~0U, 0) < 0 ? error_errno(err, "cannot close descriptors") : 0;
}

/* Directories from which ".." would lead out. */
static void close_places(const struct changes_request *request)
{
	close(request->bundle->dirfd);
	if (request->store && request->store->path)
		close(request->store->dirfd);
}

/* What the kind of bundle and the extent ask for. */
static int write_changes(const struct reader *reader, struct trees *trees,
			 struct object_writer *writer, struct error *err)
{
	bool is_overlay = trees->kind == TREES_OVERLAY;
	automountpoints struct mount_points points = MOUNT_POINTS_INIT;
	autobelow struct below below = BELOW_INIT(&trees->root);
	const struct mount_points_query query = { &trees->root, reader->destinations,
						  writer->source.ids, writer->source.route };
	struct records records;

	records_init(&records, &trees->owners, is_overlay ? &below : NULL);
	writer->source.records = &records;
	/* Of a copy that is squashed nobody knows what the image had. */
	if (trees->root.n_dirfds > 1 && mount_points_find(&points, &query, err) < 0)
		return -1;
	if (reader->request->extent == CHANGES_ALL)
		return merged_write(trees, &points, writer, err);
	return is_overlay ? upper_write(trees, &below, &points, writer, err)
			  : comparison_write(trees, &points, writer, err);
}

/* What a copy is compared with. */
static int push_layers(const struct reader *reader, struct trees *trees, struct error *err)
{
	for (size_t i = 0; i < reader->layers->len; i++) {
		int dirfd =
			dir_open_at(reader->request->store->dirfd, reader->layers->items[i], err);

		if (dirfd < 0 || trees_push(trees, dirfd, err) < 0)
			return error_prefix(err, "layer of the image");
	}
	return 0;
}

/* In the confined process. */
static int write_archive(const struct reader *reader, struct trees *trees,
			 struct object_source *source, struct reporter *reporter, bool *ret_torn,
			 struct error *err)
{
	autofree struct pipe_buffer *buffer = xcalloc(1, sizeof(*buffer));
	autotarwriter struct tar_writer *tar = tar_writer_new(pipe_write, buffer);
	autoobjectwriter struct object_writer writer;
	int result;

	buffer->fd = reader->archive_fd;
	object_writer_init(&writer, source, tar);
	result = write_changes(reader, trees, &writer, err);
	*ret_torn = writer.content.is_torn;
	if (result < 0 || tar_write_end(tar, err) < 0 || pipe_flush(buffer, err) < 0)
		return -1;
	report_done(reporter, writer.n_entries);
	return 0;
}

static int run_reader(const struct reader *reader, pid_t parent, struct reporter *reporter,
		      bool *ret_torn, struct error *err)
{
	const struct changes_request *request = reader->request;
	autotrees struct trees trees = TREES_INIT;
	struct object_source source = { .reporter = reporter, .latest = request->latest };
	struct identity inside;
	struct id_view ids;

	descriptor_limit_raise();
	if (keep_descriptors(reader, err) < 0)
		return -1;
	reporter->fd = STDOUT_FILENO;
	if (id_view_make(request->identity, &inside, &ids, err) < 0 ||
	    identity_enter(&inside, err) < 0)
		return -1;
	process_die_with_parent(parent);
	if (trees_open(request->bundle->dirfd, &trees, err) < 0)
		return -1;
	if (trees.kind == TREES_COPY && push_layers(reader, &trees, err) < 0)
		return -1;
	close_places(request);
	if (trees_confine(&trees, err) < 0)
		return -1;
	source.ids = &ids;
	source.route = trees.kind == TREES_OVERLAY ? XATTR_LAYER_TO_PLAIN : XATTR_PLAIN_TO_PLAIN;
	return write_archive(reader, &trees, &source, reporter, ret_torn, err);
}

void reader_run(const struct reader *reader, pid_t parent)
{
	struct reporter reporter = { .fd = reader->report_fd };
	struct error err = { 0 };
	bool is_torn = false;

	signal(SIGPIPE, SIG_IGN);
	process_die_with_parent(parent);
	if (run_reader(reader, parent, &reporter, &is_torn, &err) == 0)
		_exit(0);
	report_error(&reporter, &err, is_torn);
	_exit(err.code ? err.code : ERROR_FAILED);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/document/artifact_file.h"

#include "workers/document/annotation.h"
#include "workers/document/title.h"

#include "base/alloc.h"
#include "oci/blob.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define READ_BYTES (256U << 10) /* at a time */
#define MEDIA_TYPE_BYTES "application/octet-stream"

static bool is_stdin(const char *path)
{
	return strcmp(path, "-") == 0;
}

/* The title that the file gets, borrowed. */
static const char *title_for(const struct artifact_files *files, const char *path)
{
	const char *stated = json_text(json_object_get(files->annotations, ANNOTATION_TITLE));
	const char *slash = strrchr(path, '/');

	if (stated)
		return stated;
	return slash ? slash + 1 : path;
}

/* Opening a FIFO or a device would wait, or do something. */
static int open_file(const char *path, struct error *err)
{
	autoclose int fd = -EBADF;
	struct stat st;

	if (is_stdin(path))
		return fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0 || fstat(fd, &st) < 0) {
		error_errno(err, "cannot open '%s'", path);
		return errno == ENOENT ? error_recode(err, ERROR_NOT_FOUND) : -1;
	}
	if (!S_ISREG(st.st_mode))
		return error_set(err, ERROR_FAILED, "'%s' is not a regular file", path);
	return fd_steal(&fd);
}

int artifact_file_check(const struct artifact_files *files, const char *path, struct error *err)
{
	autoclose int fd = -EBADF;

	if (is_stdin(path) && !json_object_get(files->annotations, ANNOTATION_TITLE)) {
		error_set(err, ERROR_USAGE, "standard input has no name");
		return error_hint(err, "--annotation " ANNOTATION_TITLE "=NAME gives one");
	}
	if (title_check(title_for(files, path), err) < 0)
		return error_recode(err, ERROR_USAGE);
	fd = open_file(path, err);
	return fd < 0 ? -1 : 0;
}

static int copy_bytes(int fd, struct blob_writer *writer, const struct interrupt *interrupt,
		      struct error *err)
{
	autofree char *buffer = xmalloc(READ_BYTES);

	for (;;) {
		ssize_t n = read(fd, buffer, READ_BYTES);

		if (interrupt_wait(interrupt, 0))
			return interrupt_error(err);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_errno(err, "cannot read");
		if (n == 0)
			return 0;
		if (blob_write(writer, buffer, (size_t)n, err) < 0)
			return -1;
	}
}

static int store_bytes(int fd, const struct layout *layout, const struct interrupt *interrupt,
		       struct descriptor *ret, struct error *err)
{
	autoblobwriter struct blob_writer writer = BLOB_WRITER_INIT;

	if (blob_start_new(layout, DIGEST_SHA256, &writer, err) < 0 ||
	    copy_bytes(fd, &writer, interrupt, err) < 0)
		return -1;
	return blob_finish_new(&writer, ret, err);
}

int artifact_file_store(const struct artifact_files *files, const char *path,
			const struct layout *layout, const struct interrupt *interrupt,
			struct descriptor *ret, struct error *err)
{
	autodescriptor struct descriptor file = DESCRIPTOR_INIT;
	autoclose int fd = open_file(path, err);
	const char *type = files->opts->file_type;

	if (fd < 0)
		return -1;
	if (store_bytes(fd, layout, interrupt, &file, err) < 0)
		return error_prefix(err, "'%s'", path);
	free(file.media_type);
	file.media_type = xstrdup(type ? type : MEDIA_TYPE_BYTES);
	file.json = json_object();
	annotations_set(file.json, files->annotations);
	descriptor_set_annotation(&file, ANNOTATION_TITLE, title_for(files, path));
	*ret = file;
	file = (struct descriptor)DESCRIPTOR_INIT;
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dir:DIR, as containers-transports(5) has it: each blob a file called by the hex digits of its digest, the top
 * document manifest.json, the documents of an index HEX.manifest.json, and a file that says the version.
 *
 * DIR is new or empty: nothing that is there is deleted, and what another image left would be taken for a part of
 * this one. Nobody reads it before manifest.json is there, which comes last.
 */
#include "blob_stream.h"
#include "destination.h"

#include "base/alloc.h"
#include "base/output.h"
#include "system/fd.h"
#include "system/sync.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define VERSION_FILE "version"
#define VERSION_TEXT "Directory Transport Version: 1.1\n"
#define MANIFEST_FILE "manifest.json"

struct directory {
	char *path;
	int fd;
	bool is_made; /* by us */
	bool is_finished;
	struct strlist names; /* of what was written */
	const struct interrupt *interrupt; /* borrowed */
};

static void close_directory(void *state)
{
	struct directory *directory = state;

	for (size_t i = 0; !directory->is_finished && i < directory->names.len; i++)
		unlinkat(directory->fd, directory->names.items[i], 0);
	if (directory->is_made && !directory->is_finished)
		rmdir(directory->path);
	strlist_release(&directory->names);
	fd_close(&directory->fd);
	free(directory->path);
	free(directory);
}

static int file_error(const struct directory *directory, const char *name, struct error *err)
{
	return error_errno(err, "cannot write '%s/%s'", directory->path, name);
}

/* Open a new file. */
static int make_file(struct directory *directory, const char *name, struct error *err)
{
	int fd = openat(directory->fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			0666);

	if (fd < 0)
		return file_error(directory, name, err);
	strlist_append(&directory->names, name);
	return fd;
}

/* Close a file that was written. */
static int finish_file(struct directory *directory, const char *name, int fd, struct error *err)
{
	if (sync_file(fd, SYNC_CONTENT) < 0)
		return file_error(directory, name, err);
	return 0;
}

static int write_file(struct directory *directory, const char *name, const void *bytes, size_t len,
		      struct error *err)
{
	autoclose int fd = make_file(directory, name, err);

	if (fd < 0)
		return -1;
	if (fd_write_all(fd, bytes, len) < 0)
		return file_error(directory, name, err);
	return finish_file(directory, name, fd, err);
}

/* Does the way to a directory lead where its caller means it to (base/output.h), as far as it is there? */
static int check_way(const char *path, struct error *err)
{
	autofree char *way = xstrdup(path);
	char *slash;

	do {
		struct error cause = { 0 };
		autofree char *name = NULL;
		autoclose int parent = output_open_directory(way, &name, &cause);

		if (parent >= 0)
			return 0;
		if (cause.saved_errno != ENOENT)
			return error_move(err, &cause);
		slash = strrchr(way, '/');
		if (slash)
			*slash = '\0';
	} while (slash && *way);
	return 0;
}

/* Open the directory, to which no symlink of somebody else's leads. */
static int open_checked(const char *path, struct error *err)
{
	autofree char *inside = xasprintf("%s/.", path);
	autofree char *name = NULL;
	autoclose int fd = output_open_directory(inside, &name, err);

	return fd < 0 ? error_prefix(err, "directory '%s'", path) : dir_open_at(fd, ".", err);
}

/* Open DIR, which is made when it is not there. */
static int enter_directory(struct directory *directory, struct error *err)
{
	autostrlist struct strlist found = STRLIST_INIT;
	int made;

	if (check_way(directory->path, err) < 0)
		return error_prefix(err, "directory '%s'", directory->path);
	made = dir_make_at(AT_FDCWD, directory->path, 0777, err);
	if (made < 0)
		return -1;
	directory->is_made = made > 0;
	directory->fd = open_checked(directory->path, err);
	if (directory->fd < 0 || dir_list_at(directory->fd, ".", &found, err) < 0)
		return -1;
	if (!found.len)
		return 0;
	error_set(err, ERROR_FAILED, "directory '%s' is not empty", directory->path);
	return error_hint(err, "dir: takes one that is new or empty, and deletes nothing");
}

static void *open_directory(const struct destination_request *request, struct error *err)
{
	struct directory *directory = xcalloc(1, sizeof(*directory));

	directory->path = xstrdup(request->address->path);
	directory->fd = -EBADF;
	directory->interrupt = request->interrupt;
	/* A file beyond a limit of the size of files (ulimit -f) is an error, not a silent death. */
	signal(SIGXFSZ, SIG_IGN);
	if (enter_directory(directory, err) == 0 &&
	    write_file(directory, VERSION_FILE, VERSION_TEXT, strlen(VERSION_TEXT), err) == 0)
		return directory;
	close_directory(directory);
	return NULL;
}

struct file_sink {
	const struct directory *directory;
	const char *name;
	int fd;
};

static int write_content(void *sink_, const void *bytes, size_t len, struct error *err)
{
	const struct file_sink *sink = sink_;

	if (fd_write_all(sink->fd, bytes, len) < 0)
		return file_error(sink->directory, sink->name, err);
	return 0;
}

static int put_file(void *state, void *connection, const struct layout *from,
		    const struct descriptor *blob, struct progress *progress, size_t task,
		    struct error *err)
{
	struct directory *directory = state;
	const struct blob_stream stream = { from, blob, directory->interrupt, progress, task };
	const char *name = digest_hex(&blob->digest);
	autoclose int fd = -EBADF;
	struct file_sink sink;

	(void)connection;
	if (strlist_contains(&directory->names, name))
		return DESTINATION_PRESENT;
	fd = make_file(directory, name, err);
	if (fd < 0)
		return -1;
	sink = (struct file_sink) { directory, name, fd };
	if (blob_stream_run(&stream, write_content, &sink, err) < 0 ||
	    finish_file(directory, name, fd, err) < 0)
		return -1;
	return DESTINATION_WRITTEN;
}

static int put_inner_document(void *state, void *connection, const struct document *document,
			      struct error *err)
{
	struct directory *directory = state;
	autofree char *name = xasprintf("%s.%s", digest_hex(&document->digest), MANIFEST_FILE);

	(void)connection;
	if (strlist_contains(&directory->names, name))
		return 0;
	return write_file(directory, name, document->bytes.data, document->bytes.len, err);
}

/* The image is there with it; a name is not kept. */
static int put_top_document(void *state, void *connection, const struct document *document,
			    const char *name, struct error *err)
{
	struct directory *directory = state;

	(void)connection;
	(void)name;
	if (sync_folder(directory->fd) < 0)
		return file_error(directory, ".", err);
	strlist_append(&directory->names, MANIFEST_FILE);
	return file_write_at(directory->fd, MANIFEST_FILE, document->bytes.data,
			     document->bytes.len, 0666, FILE_SYNC, err);
}

static int finish_directory(void *state, struct error *err)
{
	struct directory *directory = state;

	(void)err;
	directory->is_finished = true;
	return 0;
}

const struct destination_type directory_destination = {
	.transport = TRANSPORT_DIRECTORY,
	.takes_nameless = true,
	.open = open_directory,
	.close = close_directory,
	.put_blob = put_file,
	.put_document = put_inner_document,
	.put_named = put_top_document,
	.finish = finish_directory,
};

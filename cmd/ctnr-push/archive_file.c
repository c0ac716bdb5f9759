/* SPDX-License-Identifier: Apache-2.0 */
#include "archive_file.h"

#include "base/alloc.h"
#include "base/output.h"
#include "system/sync.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#define BLOCK_MAX (256U << 10) /* gathered for one write */
/* What a pipe takes without waiting once poll(2) says that it is writable (pipe(7), PIPE_BUF). */
#define PIPE_PIECE 4096

void archive_file_release(struct archive_file *file)
{
	if (!file)
		return;
	if (file->part)
		unlinkat(file->dirfd, file->part, 0);
	tar_writer_free(file->tar);
	str_release(&file->block);
	strlist_release(&file->names);
	fd_close(&file->fd);
	fd_close(&file->dirfd);
	free(file->path);
	free(file->name);
	free(file->part);
	*file = (struct archive_file)ARCHIVE_FILE_INIT;
}

static int write_error(const struct archive_file *file, struct error *err)
{
	return error_errno(err, "cannot write '%s'", file->path);
}

/* Wait until the reader takes something, or a signal asks to stop. */
static int await_reader(const struct archive_file *file, struct error *err)
{
	struct pollfd fds[] = { { file->fd, POLLOUT, 0 }, { file->interrupt->fd, POLLIN, 0 } };

	while (poll(fds, array_size(fds), -1) < 0)
		if (errno != EINTR)
			return write_error(file, err);
	return fds[1].revents ? interrupt_error(err) : 0;
}

static int write_pieces(const struct archive_file *file, const char *bytes, size_t len,
			struct error *err)
{
	while (len) {
		size_t piece = len < PIPE_PIECE ? len : PIPE_PIECE;

		if (await_reader(file, err) < 0)
			return -1;
		if (fd_write_all(file->fd, bytes, piece) < 0)
			return write_error(file, err);
		bytes += piece;
		len -= piece;
	}
	return 0;
}

static int write_bytes(const struct archive_file *file, const char *bytes, size_t len,
		       struct error *err)
{
	if (file->waits)
		return write_pieces(file, bytes, len, err);
	return fd_write_all(file->fd, bytes, len) < 0 ? write_error(file, err) : 0;
}

static int flush_block(struct archive_file *file, struct error *err)
{
	int result = write_bytes(file, file->block.data, file->block.len, err);

	str_clear(&file->block);
	return result;
}

/* The sink of the writer. */
static int write_archive(void *sink, const void *bytes, size_t len, struct error *err)
{
	struct archive_file *file = sink;

	if (file->block.len + len > BLOCK_MAX && flush_block(file, err) < 0)
		return -1;
	if (len > BLOCK_MAX)
		return write_bytes(file, bytes, len, err);
	str_append_bytes(&file->block, bytes, len);
	return 0;
}

/* Write to what is there already and is no regular file. fd is taken. */
static int use_descriptor(struct archive_file *file, int fd, struct error *err)
{
	struct stat st;

	file->fd = fd;
	if (fstat(fd, &st) < 0)
		return write_error(file, err);
	if (isatty(fd)) {
		error_set(err, ERROR_USAGE, "an archive is not for a terminal");
		return error_hint(
			err,
			"name a file for it ('ctnr save -o FILE'), or send standard output to one");
	}
	file->waits = !S_ISREG(st.st_mode);
	return 0;
}

static int use_stdout(struct archive_file *file, struct error *err)
{
	int fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);

	free(file->path);
	file->path = xstrdup("standard output");
	return fd < 0 ? write_error(file, err) : use_descriptor(file, fd, err);
}

/* Make the part of a file that is to appear. */
static int make_part(struct archive_file *file, struct error *err)
{
	autofree char *part = file_part_name(file->name);

	file->fd = openat(file->dirfd, part, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			  0666);
	if (file->fd < 0)
		return error_errno(err, "cannot create '%s'", file->path);
	file->part = steal(&part);
	return 0;
}

/* Is it another name of an open descriptor, as /dev/stdout and /dev/fd/3 are? To replace such a symlink would not
 * reach what was meant, and all others would miss it. */
static bool is_descriptor_name(int dirfd, const char *name)
{
	char target[sizeof("/proc/")];
	struct statfs fs;

	if (fstatfs(dirfd, &fs) == 0 && fs.f_type == PROC_SUPER_MAGIC)
		return true;
	return readlinkat(dirfd, name, target, sizeof(target)) >= (ssize_t)strlen("/proc/") &&
	       memcmp(target, "/proc/", strlen("/proc/")) == 0;
}

static int use_named(struct archive_file *file, struct error *err)
{
	int fd = output_open(file->path, err);

	return fd < 0 ? -1 : use_descriptor(file, fd, err);
}

static int use_file(struct archive_file *file, struct error *err)
{
	struct stat st;

	file->dirfd = output_open_directory(file->path, &file->name, err);
	if (file->dirfd < 0)
		return error_prefix(err, "cannot create '%s'", file->path);
	if (is_descriptor_name(file->dirfd, file->name))
		return use_named(file, err);
	if (fstatat(file->dirfd, file->name, &st, 0) < 0 || S_ISREG(st.st_mode))
		return make_part(file, err);
	if (!S_ISDIR(st.st_mode))
		return use_named(file, err);
	errno = EISDIR;
	return error_errno(err, "cannot create '%s'", file->path);
}

int archive_file_open(const struct address *address, const struct interrupt *interrupt,
		      struct archive_file *ret, struct error *err)
{
	ret->interrupt = interrupt;
	ret->path = xstrdup(address->path);
	ret->tar = tar_writer_new(write_archive, ret);
	/* A file beyond a limit of the size of files (ulimit -f) is an error, not a silent death. */
	signal(SIGXFSZ, SIG_IGN);
	return address_is_stdout(address) ? use_stdout(ret, err) : use_file(ret, err);
}

bool archive_file_has(const struct archive_file *file, const char *name)
{
	return strlist_contains(&file->names, name);
}

/* Begin an entry, whose time and owner are 0. */
static int begin_entry(struct archive_file *file, const struct tar_entry *entry, struct error *err)
{
	strlist_append(&file->names, entry->path);
	return tar_write_entry(file->tar, entry, err);
}

int archive_file_add_directory(struct archive_file *file, const char *name, struct error *err)
{
	const struct tar_entry entry = { .type = TAR_DIRECTORY, .path = name, .mode = 0755 };

	return archive_file_has(file, name) ? 0 : begin_entry(file, &entry, err);
}

int archive_file_add(struct archive_file *file, const char *name, const void *bytes, size_t len,
		     struct error *err)
{
	const struct tar_entry entry = { .path = name, .mode = 0644, .size = len };

	if (archive_file_has(file, name))
		return 0;
	if (begin_entry(file, &entry, err) < 0)
		return -1;
	return tar_write_data(file->tar, bytes, len, err);
}

static int write_content(void *sink, const void *bytes, size_t len, struct error *err)
{
	return tar_write_data(sink, bytes, len, err);
}

int archive_file_add_blob(struct archive_file *file, const char *name,
			  const struct blob_stream *stream, struct error *err)
{
	const struct tar_entry entry = { .path = name, .mode = 0644, .size = stream->blob->size };

	if (archive_file_has(file, name))
		return 0;
	if (begin_entry(file, &entry, err) < 0)
		return -1;
	return blob_stream_run(stream, write_content, file->tar, err);
}

/* The file gets its name once its content is on the disk. */
static int publish_part(struct archive_file *file, struct error *err)
{
	if (sync_file(file->fd, SYNC_CONTENT) < 0)
		return write_error(file, err);
	if (renameat(file->dirfd, file->part, file->dirfd, file->name) < 0)
		return error_errno(err, "cannot create '%s'", file->path);
	free(steal(&file->part));
	return sync_folder_at(file->dirfd, ".", err);
}

int archive_file_finish(struct archive_file *file, struct error *err)
{
	if (tar_write_end(file->tar, err) < 0 || flush_block(file, err) < 0)
		return -1;
	if (file->part)
		return publish_part(file, err);
	/* A network filesystem tells so that there is no room. */
	if (close(fd_steal(&file->fd)) < 0)
		return write_error(file, err);
	return 0;
}

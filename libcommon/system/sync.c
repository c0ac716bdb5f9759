/* SPDX-License-Identifier: Apache-2.0 */
#include "system/sync.h"

#include "base/alloc.h"
#include "system/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

const struct option sync_options[] = {
	{ "no-sync", 0, NULL, "do not wait for the disk: a loss of power may take what was made",
	  OPTION_BOOL, offsetof(struct sync_opts, no_sync) },
	OPTION_END,
};

static bool sync_is_off;

void sync_set_enabled(bool enabled)
{
	sync_is_off = !enabled;
}

bool sync_is_enabled(void)
{
	return !sync_is_off;
}

void sync_apply(const struct sync_opts *opts)
{
	sync_set_enabled(!opts->no_sync);
}

/* A call that a signal interrupted has reported nothing yet. */
static int call_again(int (*call)(int fd), int fd)
{
	int result;

	if (sync_is_off)
		return 0;
	do
		result = call(fd);
	while (result < 0 && errno == EINTR);
	return result;
}

int sync_file(int fd, enum sync_extent extent)
{
	return call_again(extent == SYNC_CONTENT ? fdatasync : fsync, fd);
}

int sync_folder(int fd)
{
	int result = call_again(fsync, fd);

	return result < 0 && (errno == EINVAL || errno == ENOTSUP) ? 0 : result;
}

int sync_folder_at(int dirfd, const char *path, struct error *err)
{
	autoclose int fd = -EBADF;

	if (sync_is_off)
		return 0;
	fd = openat(dirfd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 && errno == EACCES)
		return 0;
	if (fd < 0 || sync_folder(fd) < 0)
		return error_errno(err, "cannot sync directory '%s'", path);
	return 0;
}

/* Cut the last component off: "a/b" becomes "a", "a" becomes "", "/a" becomes "/". */
static void cut_component(char *path)
{
	size_t len = strlen(path);

	while (len > 1 && path[len - 1] == '/')
		len--;
	while (len > 0 && path[len - 1] != '/')
		len--;
	while (len > 1 && path[len - 1] == '/')
		len--;
	path[len] = '\0';
}

int sync_parents(int dirfd, const char *path, int n, struct error *err)
{
	autofree char *parent = NULL;

	if (sync_is_off || n <= 0)
		return 0;
	parent = xstrdup(path);
	for (int i = 0; i < n; i++) {
		cut_component(parent);
		if (sync_folder_at(dirfd, *parent ? parent : ".", err) < 0)
			return -1;
	}
	return 0;
}

int sync_filesystem(int fd)
{
	return call_again(syncfs, fd);
}

void sync_begin(int fd, off_t offset, off_t len)
{
	int number = errno;

	if (!sync_is_off)
		sync_file_range(fd, offset, len, SYNC_FILE_RANGE_WRITE);
	errno = number;
}

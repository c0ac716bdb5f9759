/* SPDX-License-Identifier: Apache-2.0 */
#include "system/tree.h"

#include "base/alloc.h"
#include "base/cleanup.h"
#include "system/fd.h"
#include "system/path.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define AGAIN_MAX 16 /* times that a directory is read once more, because it was not empty */

/* Open a directory for emptying it, opening up its permissions when that is needed. */
static int open_directory(int dirfd, const char *name)
{
	int flags = O_RDONLY | O_DIRECTORY;
	int fd = path_open(dirfd, name, flags, 0, PATH_ON_MOUNT);
	char proc[PATH_PROC_FD_MAX];
	autoclose int path = -EBADF;

	if (fd >= 0 || errno != EACCES)
		return fd;
	/* chmod by name would follow a symlink that was put there meanwhile; by /proc it changes
	 * what is held. */
	path = path_open(dirfd, name, O_PATH | O_DIRECTORY, 0, PATH_ON_MOUNT);
	if (path < 0 || chmod(path_proc_fd(path, proc), 0700) < 0)
		return -1;
	return path_open(dirfd, name, flags, 0, PATH_ON_MOUNT);
}

static int cannot_open(const char *name, struct error *err)
{
	if (errno != EXDEV)
		return error_errno(err, "cannot open directory '%s'", name);
	errno = EBUSY;
	return error_errno(err, "cannot remove '%s', something is mounted there", name);
}

static int enter_for_removal(void *data, int dirfd, const char *name, int *ret_fd, struct stat *ret,
			     struct error *err)
{
	autoclose int fd = open_directory(dirfd, name);

	(void)data;
	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0)
		return cannot_open(name, err);
	if (fstat(fd, ret) < 0)
		return error_errno(err, "cannot stat '%s'", name);
	/* Entries can be removed only from a directory that is writable for us. */
	if ((ret->st_mode & 0700) != 0700)
		fchmod(fd, 0700);
	*ret_fd = fd_steal(&fd);
	return 1;
}

/* Remove an entry; a directory that is not empty waits. */
static int remove_entry(void *data, int dirfd, const struct dirent64 *entry, struct error *err)
{
	const char *name = entry->d_name;

	(void)data;
	if (entry->d_type != DT_DIR) {
		if (unlinkat(dirfd, name, 0) == 0 || errno == ENOENT)
			return 0;
		if (errno == EBUSY && strncmp(name, ".nfs", 4) == 0)
			return 0; /* removing the directory tells, and goes by again */
		if (errno != EISDIR)
			return error_errno(err, "cannot remove '%s'", name);
	}
	/* Where it fails, going down tells the reason. */
	return unlinkat(dirfd, name, AT_REMOVEDIR) < 0 && errno != ENOENT;
}

/* Everything in a directory is gone: remove it. Somebody who had it open may have made something in it
 * meanwhile (a lock): then it is read again. */
static int remove_emptied(void *data, int abovefd, const char *name, unsigned times,
			  struct error *err)
{
	(void)data;
	if (unlinkat(abovefd, name, AT_REMOVEDIR) == 0 || errno == ENOENT)
		return 0;
	if (errno == ENOTEMPTY && times < AGAIN_MAX)
		return 1;
	return error_errno(err, "cannot remove directory '%s'", name);
}

static const struct tree_visitor removal = {
	.enter = enter_for_removal,
	.entry = remove_entry,
	.leave = remove_emptied,
	.done = "removed",
};

int tree_remove_at(int topfd, const char *name, struct error *err)
{
	const char *slash = strrchr(name, '/');
	autofree char *parent = NULL;
	autoclose int parentfd = -EBADF;

	if (unlinkat(topfd, name, 0) == 0 || errno == ENOENT)
		return 0;
	if (errno != EISDIR && errno != EPERM)
		return error_errno(err, "cannot remove '%s'", name);
	if (unlinkat(topfd, name, AT_REMOVEDIR) == 0)
		return 0;
	if (topfd != AT_FDCWD && !slash)
		return tree_walk(topfd, name, &removal, NULL, err);
	parent = slash ? xstrndup(name, (size_t)(slash - name) + 1) : xstrdup(".");
	parentfd = openat(topfd, parent, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (parentfd < 0)
		return error_errno(err, "cannot open directory '%s'", parent);
	return tree_walk(parentfd, slash ? slash + 1 : name, &removal, NULL, err);
}

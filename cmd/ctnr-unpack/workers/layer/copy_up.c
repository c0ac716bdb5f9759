/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/layer/copy_up.h"

#include "base/alloc.h"
#include "base/str.h"
#include "system/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/xattr.h>
#include <unistd.h>

#define COPY_CHUNK (1U << 30) /* bytes for one copy_file_range(2) */

static int copy_xattr(int from, int to, const char *name, struct error *err)
{
	ssize_t len = fgetxattr(from, name, NULL, 0);
	autofree void *value = len > 0 ? xmalloc((size_t)len) : NULL;

	if (len > 0)
		len = fgetxattr(from, name, value, (size_t)len);
	if (len < 0 || fsetxattr(to, name, value, (size_t)len, 0) < 0)
		return error_errno(err, "cannot copy extended attribute '%s'", name);
	return 0;
}

static int copy_xattrs(int from, int to, struct error *err)
{
	ssize_t size = flistxattr(from, NULL, 0);
	autofree char *names = size > 0 ? xmalloc((size_t)size) : NULL;

	if (size <= 0)
		return size == 0 || errno == ENOTSUP
			       ? 0
			       : error_errno(err, "cannot list extended attributes");
	size = flistxattr(from, names, (size_t)size);
	for (const char *name = names; size > 0 && name < names + size; name += strlen(name) + 1) {
		/* Which of these the layer below was allowed to set is settled. */
		if (str_starts_with(name, "user.overlay.") &&
		    !str_starts_with(name, "user.overlay.overlay."))
			continue;
		if (str_starts_with(name, "security.") && strcmp(name, "security.capability") != 0)
			continue;
		if (copy_xattr(from, to, name, err) < 0)
			return -1;
	}
	return 0;
}

int copy_up_metadata(int from, int to, const struct stat *st, struct error *err)
{
	if (fchown(to, st->st_uid, st->st_gid) < 0)
		return error_errno(err, "cannot set the owner");
	if (fchmod(to, st->st_mode & 07777) < 0)
		return error_errno(err, "cannot set the mode");
	return copy_xattrs(from, to, err);
}

static int copy_content(int from, int to, struct error *err)
{
	ssize_t len;

	if (ioctl(to, FICLONE, from) == 0)
		return 0;
	while ((len = copy_file_range(from, NULL, to, NULL, COPY_CHUNK, 0)) > 0)
		continue;
	return len < 0 ? error_errno(err, "cannot copy") : 0;
}

static int copy_file(int root, const char *path, const struct stat *st, int dirfd, const char *name,
		     struct error *err)
{
	autoclose int from = openat(root, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	autoclose int to = -EBADF;
	const struct timespec times[2] = { st->st_mtim, st->st_mtim };

	if (from < 0)
		return error_errno(err, "cannot open");
	to = openat(dirfd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (to < 0)
		return error_errno(err, "cannot create");
	if (copy_content(from, to, err) < 0 || copy_up_metadata(from, to, st, err) < 0)
		return -1;
	return futimens(to, times) < 0 ? error_errno(err, "cannot set the time") : 0;
}

/* Symlinks, FIFOs, devices: they have no attributes that a layer keeps. */
static int copy_special(int root, const char *path, const struct stat *st, int dirfd,
			const char *name, struct error *err)
{
	const struct timespec times[2] = { st->st_mtim, st->st_mtim };
	char target[PATH_MAX];
	int result;

	if (S_ISLNK(st->st_mode)) {
		ssize_t len = readlinkat(root, path, target, sizeof(target) - 1);

		if (len < 0)
			return error_errno(err, "cannot read symlink");
		target[len] = '\0';
		result = symlinkat(target, dirfd, name);
	} else {
		result = mknodat(dirfd, name, st->st_mode, st->st_rdev);
	}
	if (result < 0 || fchownat(dirfd, name, st->st_uid, st->st_gid, AT_SYMLINK_NOFOLLOW) < 0 ||
	    utimensat(dirfd, name, times, AT_SYMLINK_NOFOLLOW) < 0)
		return error_errno(err, "cannot create");
	return 0;
}

int copy_up_object(int root, const char *path, const struct stat *st, int dirfd, const char *name,
		   struct error *err)
{
	int result = S_ISREG(st->st_mode) ? copy_file(root, path, st, dirfd, name, err)
					  : copy_special(root, path, st, dirfd, name, err);

	return result < 0 ? error_prefix(err, "copy of '/%s' from the layer below", path) : 0;
}

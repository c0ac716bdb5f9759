/* SPDX-License-Identifier: Apache-2.0 */
#include "ability.h"

#include "base/alloc.h"
#include "base/str.h"
#include "layer/overlay_place.h"
#include "system/fd.h"
#include "system/lock.h"
#include "system/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#define FILE_SIZE 4096

const char *const ability_keys[ABILITY_MAX] = {
	[ABILITY_LOCK] = "lock",
	[ABILITY_FLOCK] = "flock",
	[ABILITY_SYMLINK] = "symlink",
	[ABILITY_ATTRIBUTE] = "userXattr",
	[ABILITY_WHITEOUT] = "whiteout",
	[ABILITY_LINK] = "hardLink",
	[ABILITY_RENAME] = "renameOverOpen",
	[ABILITY_UNLINK] = "unlinkOpen",
	[ABILITY_MAPPING] = "sharedMmap",
	[ABILITY_REFLINK] = "reflink",
};

/* What the attempts have: a directory of their own, and an open file "file" in it. */
struct trial {
	int dirfd;
	int file;
};

static int make_file(int dirfd, const char *name)
{
	static const char content[FILE_SIZE];
	autoclose int fd = openat(dirfd, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	return fd >= 0 && fd_write_all(fd, content, sizeof(content)) == 0 ? fd_steal(&fd) : -EBADF;
}

static bool try_lock(const struct trial *trial)
{
	autoclose int lock = lock_open_at(trial->dirfd, "lock", LOCK_EXCLUSIVE, LOCK_TRY, NULL);

	return lock >= 0;
}

static bool try_flock(const struct trial *trial)
{
	return lock_fd(trial->file, LOCK_EXCLUSIVE, LOCK_TRY) == 0;
}

static bool try_symlink(const struct trial *trial)
{
	return symlinkat("file", trial->dirfd, "symlink") == 0;
}

static bool try_attribute(const struct trial *trial)
{
	return fsetxattr(trial->file, "user.ctnr.doctor", "y", 1, 0) == 0;
}

static bool try_whiteout(const struct trial *trial)
{
	return overlay_place_has_whiteouts(trial->dirfd);
}

static bool try_link(const struct trial *trial)
{
	return linkat(trial->dirfd, "file", trial->dirfd, "link", 0) == 0;
}

static bool try_rename(const struct trial *trial)
{
	autoclose int held = make_file(trial->dirfd, "held");
	autoclose int other = make_file(trial->dirfd, "other");

	fd_close(&other);
	return held >= 0 && renameat(trial->dirfd, "other", trial->dirfd, "held") == 0;
}

/* Is a directory empty once its only file, which is open, was removed? */
static bool try_unlink(const struct trial *trial)
{
	autoclose int dir = -EBADF;
	autoclose int held = -EBADF;

	if (mkdirat(trial->dirfd, "directory", 0700) < 0)
		return false;
	dir = dir_open_at(trial->dirfd, "directory", NULL);
	held = dir < 0 ? -EBADF : make_file(dir, "held");
	return held >= 0 && unlinkat(dir, "held", 0) == 0 &&
	       unlinkat(trial->dirfd, "directory", AT_REMOVEDIR) == 0;
}

static bool try_mapping(const struct trial *trial)
{
	void *page = mmap(NULL, FILE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, trial->file, 0);

	return page != MAP_FAILED && munmap(page, FILE_SIZE) == 0;
}

static bool try_reflink(const struct trial *trial)
{
	autoclose int clone =
		openat(trial->dirfd, "clone", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	return clone >= 0 && ioctl(clone, FICLONE, trial->file) == 0;
}

static bool (*const attempts[ABILITY_MAX])(const struct trial *trial) = {
	[ABILITY_LOCK] = try_lock,         [ABILITY_FLOCK] = try_flock,
	[ABILITY_SYMLINK] = try_symlink,   [ABILITY_ATTRIBUTE] = try_attribute,
	[ABILITY_WHITEOUT] = try_whiteout, [ABILITY_LINK] = try_link,
	[ABILITY_RENAME] = try_rename,     [ABILITY_UNLINK] = try_unlink,
	[ABILITY_MAPPING] = try_mapping,   [ABILITY_REFLINK] = try_reflink,
};

static int try_all(int dirfd, struct abilities *ret, struct error *err)
{
	autoclose int file = make_file(dirfd, "file");
	const struct trial trial = { dirfd, file };

	if (file < 0)
		return error_errno(err, "cannot write a file");
	for (size_t i = 0; i < ABILITY_MAX; i++)
		ret->has[i] = attempts[i](&trial);
	ret->are_known = true;
	return 0;
}

int abilities_try(const char *parent, struct abilities *ret, struct error *err)
{
	autoclose int parentfd = dir_open_at(AT_FDCWD, parent, err);
	autofree char *name = xasprintf(".ctnr-doctor.%d.files", (int)getpid());
	autoclose int dir = -EBADF;
	int result;

	if (parentfd < 0)
		return -1;
	filesystem_read(parentfd, &ret->fs);
	if (dir_make_own_at(parentfd, name, 0700, err) < 0)
		return -1;
	dir = dir_open_at(parentfd, name, err);
	result = dir < 0 ? -1 : try_all(dir, ret, err);
	if (tree_remove_at(parentfd, name, result < 0 ? NULL : err) < 0)
		result = -1;
	return result;
}

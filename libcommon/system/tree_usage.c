/* SPDX-License-Identifier: Apache-2.0 */
#include "system/tree_usage.h"

#include "system/fd.h"
#include "system/path.h"
#include "system/sync.h"
#include "system/tree_walk.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/vfs.h>

#define BLOCK_SIZE 512 /* of st_blocks, whatever the filesystem's own are */
#define EXTENTS_IN_INODE \
	4 /* ext4's; xfs has more. A file of so many blocks needs no others for the list */

struct measurement {
	enum tree_usage_state state;
	struct inode_set *seen; /* borrowed */
	uint64_t bytes;
	struct error failure; /* the first one; code 0: none */
};

uint64_t tree_usage_blocks(const struct stat *st)
{
	return (uint64_t)st->st_blocks * BLOCK_SIZE;
}

uint64_t tree_usage_of(const struct stat *st, struct inode_set *seen)
{
	if (!S_ISDIR(st->st_mode) && st->st_nlink > 1 ? !inode_set_add(seen, st->st_dev, st->st_ino)
						      : inode_set_has(seen, st->st_dev, st->st_ino))
		return 0;
	return tree_usage_blocks(st);
}

static bool is_gone(int error)
{
	return error == ENOENT || error == ENOTDIR || error == ELOOP;
}

static void note_failure(struct measurement *measurement, const char *what, const char *name)
{
	if (!measurement->failure.code)
		error_errno(&measurement->failure, "cannot %s '%s'", what, name);
}

/* A directory that cannot be opened counts by itself. */
static void count_closed_directory(struct measurement *measurement, int dirfd, const char *name)
{
	struct stat st;

	note_failure(measurement, "open directory", name);
	if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		measurement->bytes += tree_usage_of(&st, measurement->seen);
}

static int enter_for_usage(void *data, int dirfd, const char *name, int *ret_fd, struct stat *ret,
			   struct error *err)
{
	struct measurement *measurement = data;
	autoclose int fd = path_open(dirfd, name, O_RDONLY | O_DIRECTORY, 0, PATH_ON_MOUNT);

	(void)err;
	if (fd < 0 && (is_gone(errno) || errno == EXDEV))
		return 0;
	if (fd < 0) {
		count_closed_directory(measurement, dirfd, name);
		return 0;
	}
	if (fstat(fd, ret) < 0) {
		note_failure(measurement, "stat", name);
		return 0;
	}
	if (inode_set_has(measurement->seen, ret->st_dev, ret->st_ino))
		return 0;
	measurement->bytes += tree_usage_of(ret, measurement->seen);
	*ret_fd = fd_steal(&fd);
	return 1;
}

/* Let a file of several blocks have all of them, with those that list its extents, and look again. */
static void allocate_blocks(int dirfd, const char *name, struct stat *st)
{
	autoclose int fd = -EBADF;
	struct stat allocated;

	/* Larger ones have them. */
	if (!S_ISREG(st->st_mode) || st->st_size >= SYNC_BEGIN_MIN ||
	    st->st_blocks * BLOCK_SIZE <= EXTENTS_IN_INODE * st->st_blksize)
		return;
	fd = openat(dirfd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return;
	sync_begin(fd, 0, 0);
	if (fstat(fd, &allocated) == 0)
		*st = allocated;
}

/* What is no directory is counted here. Returns 1 for a directory. */
static int count_file(struct measurement *measurement, int dirfd, const char *name)
{
	struct stat st;

	if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		if (!is_gone(errno))
			note_failure(measurement, "stat", name);
		return 0;
	}
	if (S_ISDIR(st.st_mode))
		return 1;
	if (measurement->state == TREE_USAGE_UNWRITTEN)
		allocate_blocks(dirfd, name, &st);
	measurement->bytes += tree_usage_of(&st, measurement->seen);
	return 0;
}

static int count_entry(void *data, int dirfd, const struct dirent64 *entry, struct error *err)
{
	(void)err;
	return entry->d_type == DT_DIR || count_file(data, dirfd, entry->d_name);
}

static const struct tree_visitor visitor = {
	.enter = enter_for_usage,
	.entry = count_entry,
	.done = "measured",
};

int tree_usage_add_state(int dirfd, const char *name, enum tree_usage_state state,
			 struct inode_set *seen, uint64_t *bytes, struct error *err)
{
	struct measurement measurement = { .state = state, .seen = seen };
	struct error end = { 0 };

	if (count_file(&measurement, dirfd, name) > 0 &&
	    tree_walk(dirfd, name, &visitor, &measurement, &end) < 0 && !measurement.failure.code)
		measurement.failure = end;
	*bytes += measurement.bytes;
	return measurement.failure.code ? error_move(err, &measurement.failure) : 0;
}

int tree_usage_add(int dirfd, const char *name, struct inode_set *seen, uint64_t *bytes,
		   struct error *err)
{
	return tree_usage_add_state(dirfd, name, TREE_USAGE_SETTLED, seen, bytes, err);
}

bool tree_usage_is_known_early(int fd)
{
	struct statfs fs;

	return fstatfs(fd, &fs) == 0 &&
	       (fs.f_type == EXT4_SUPER_MAGIC || fs.f_type == XFS_SUPER_MAGIC ||
		fs.f_type == BTRFS_SUPER_MAGIC || fs.f_type == TMPFS_MAGIC);
}

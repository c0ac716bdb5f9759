/* SPDX-License-Identifier: Apache-2.0 */
#include "system/tree.h"

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "system/fd.h"
#include "system/path.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define AGAIN_MAX 16 /* times that a directory is read once more, because it was not empty */
#define ENTRIES_SIZE (32U << 10) /* bytes of one getdents64(2) */

/*
 * THEORY OF OPERATION. A directory is read to its end when the walk arrives in it. What can be
 * removed at once is gone then, and the names of the directories that are not empty wait in the
 * level, so that no directory has to be read again when the walk comes back.
 *
 * The deepest TREE_OPEN_MAX - 2 levels are open (one place is for the directory above the tree, one
 * for the next level); those above were closed. The walk comes back to a closed one by "..", and
 * takes it for the same only when device and inode are: a directory that somebody has moved out of
 * the tree meanwhile leads elsewhere, and that is an error.
 */
#define LEVELS_OPEN_MAX (TREE_OPEN_MAX - 2)

struct level {
	int fd; /* -EBADF: closed for the time being */
	dev_t device;
	ino_t inode;
	struct strlist waiting; /* names of directories that were not empty */
	size_t next; /* in waiting */
	unsigned again; /* times that it was read once more */
};

struct removal {
	int topfd; /* holds the tree; borrowed */
	const char *top_name;
	struct level *levels;
	size_t len;
	size_t capacity;
	char *entries; /* buffer for reading directories */
};

static void level_release(struct level *level)
{
	fd_close(&level->fd);
	strlist_release(&level->waiting);
}

static void removal_release(struct removal *removal)
{
	for (size_t i = 0; i < removal->len; i++)
		level_release(&removal->levels[i]);
	free(removal->levels);
	free(removal->entries);
}

static struct level *last_level(const struct removal *removal)
{
	return &removal->levels[removal->len - 1];
}

/* The name of the last level's directory in the one above. */
static const char *last_name(const struct removal *removal)
{
	const struct level *above;

	if (removal->len == 1)
		return removal->top_name;
	above = last_level(removal) - 1;
	return above->waiting.items[above->next - 1];
}

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

/* Go down into a directory. */
static int push_level(struct removal *removal, int dirfd, const char *name, struct error *err)
{
	autoclose int fd = open_directory(dirfd, name);
	struct stat st;

	if (fd < 0 && errno == ENOENT && removal->len)
		return 0;
	if (fd < 0)
		return cannot_open(name, err);
	if (fstat(fd, &st) < 0)
		return error_errno(err, "cannot stat '%s'", name);
	/* Entries can be removed only from a directory that is writable for us. */
	if ((st.st_mode & 0700) != 0700)
		fchmod(fd, 0700);
	if (removal->len == removal->capacity) {
		removal->capacity = removal->capacity ? 2 * removal->capacity : 16;
		removal->levels =
			xrealloc(removal->levels, removal->capacity, sizeof(*removal->levels));
	}
	if (removal->len >= LEVELS_OPEN_MAX)
		fd_close(&removal->levels[removal->len - LEVELS_OPEN_MAX].fd);
	removal->levels[removal->len++] = (struct level) {
		.fd = fd_steal(&fd),
		.device = st.st_dev,
		.inode = st.st_ino,
		.waiting = STRLIST_INIT,
	};
	return 1;
}

/* Have the level above the last one open. Returns its descriptor, borrowed. */
static int open_above(struct removal *removal, struct error *err)
{
	const struct level *level = last_level(removal);
	struct level *above;
	autoclose int fd = -EBADF;
	struct stat st;

	if (removal->len == 1)
		return removal->topfd;
	above = &removal->levels[removal->len - 2];
	if (above->fd >= 0)
		return above->fd;
	fd = openat(level->fd, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return error_errno(err, "cannot go back to the directory above '%s'",
				   last_name(removal));
	if (st.st_dev != above->device || st.st_ino != above->inode)
		return error_set(err, ERROR_FAILED, "'%s' was moved while it was removed",
				 last_name(removal));
	above->fd = fd_steal(&fd);
	return above->fd;
}

/* Everything in the last level's directory is gone: remove it. Somebody who had it open may have
 * made something in it meanwhile (a lock): then it is read again. Returns 1 when it must be. */
static int pop_level(struct removal *removal, struct error *err)
{
	struct level *level = last_level(removal);
	int above = open_above(removal, err);

	if (above < 0)
		return -1;
	if (unlinkat(above, last_name(removal), AT_REMOVEDIR) < 0 && errno != ENOENT) {
		if (errno == ENOTEMPTY && level->again++ < AGAIN_MAX)
			return 1;
		return error_errno(err, "cannot remove directory '%s'", last_name(removal));
	}
	level_release(level);
	removal->len--;
	return 0;
}

/* Remove an entry; a directory that is not empty waits. */
static int remove_entry(struct level *level, const struct dirent64 *entry, struct error *err)
{
	const char *name = entry->d_name;

	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return 0;
	if (entry->d_type != DT_DIR) {
		if (unlinkat(level->fd, name, 0) == 0 || errno == ENOENT)
			return 0;
		if (errno == EBUSY && strncmp(name, ".nfs", 4) == 0)
			return 0; /* removing the directory tells, and goes by again */
		if (errno != EISDIR)
			return error_errno(err, "cannot remove '%s'", name);
	}
	if (unlinkat(level->fd, name, AT_REMOVEDIR) == 0 || errno == ENOENT)
		return 0;
	/* Whatever the reason is, going down tells. */
	strlist_append(&level->waiting, name);
	return 0;
}

/* Read the last level's directory from its beginning. */
static int empty_directory(struct removal *removal, struct error *err)
{
	struct level *level = last_level(removal);
	ssize_t len;

	strlist_release(&level->waiting);
	level->waiting = (struct strlist)STRLIST_INIT;
	level->next = 0;
	if (lseek(level->fd, 0, SEEK_SET) < 0)
		return error_errno(err, "cannot read directory '%s'", last_name(removal));
	while ((len = getdents64(level->fd, removal->entries, ENTRIES_SIZE)) > 0)
		for (ssize_t at = 0; at < len;) {
			const struct dirent64 *entry = (const void *)(removal->entries + at);

			if (remove_entry(level, entry, err) < 0)
				return -1;
			at += entry->d_reclen;
		}
	return len < 0 ? error_errno(err, "cannot read directory '%s'", last_name(removal)) : 0;
}

/* Go down where a directory waits, else up. */
static int remove_step(struct removal *removal, struct error *err)
{
	struct level *level = last_level(removal);
	int result;

	if (level->next < level->waiting.len) {
		const char *name = level->waiting.items[level->next++];

		result = push_level(removal, level->fd, name, err);
	} else {
		result = pop_level(removal, err);
	}
	return result > 0 ? empty_directory(removal, err) : result;
}

static int remove_directory(int topfd, const char *name, struct error *err)
{
	autocleanup(removal_release) struct removal removal = { .topfd = topfd, .top_name = name };

	if (push_level(&removal, topfd, name, err) < 0)
		return -1;
	removal.entries = xmalloc(ENTRIES_SIZE);
	if (empty_directory(&removal, err) < 0)
		return -1;
	while (removal.len)
		if (remove_step(&removal, err) < 0)
			return -1;
	return 0;
}

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
		return remove_directory(topfd, name, err);
	parent = slash ? xstrndup(name, (size_t)(slash - name) + 1) : xstrdup(".");
	parentfd = openat(topfd, parent, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (parentfd < 0)
		return error_errno(err, "cannot open directory '%s'", parent);
	return remove_directory(parentfd, slash ? slash + 1 : name, err);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "system/tree.h"

#include "base/alloc.h"
#include "base/cleanup.h"
#include "system/fd.h"
#include "system/path.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define AGAIN_MAX 16 /* times that a directory is read once more, because it was not empty */

/*
 * The walk keeps one open directory for each level, on a stack of its own. Descending is by
 * openat(O_NOFOLLOW) of a single name, so that nothing leads out of the tree; a directory on
 * another device (a mount) is left alone and makes the removal fail with EBUSY by itself.
 */
struct level {
	DIR *dir;
	char *name; /* in the level above */
	unsigned again; /* times that it was read once more */
};

struct walk {
	struct level *levels;
	size_t len;
	size_t capacity;
	dev_t device;
};

static void walk_release(struct walk *walk)
{
	for (size_t i = 0; i < walk->len; i++) {
		closedir(walk->levels[i].dir);
		free(walk->levels[i].name);
	}
	free(walk->levels);
}

/* Open a directory for emptying it, opening up its permissions when we must. */
static int open_level(int topfd, const char *name)
{
	int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	int fd = openat(topfd, name, flags);
	char proc[PATH_PROC_FD_MAX];
	autoclose int path = -EBADF;

	if (fd >= 0 || errno != EACCES)
		return fd;
	/* chmod by name would follow a symlink that was put there meanwhile; by /proc it changes
	 * what we hold. */
	path = openat(topfd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (path < 0 || chmod(path_proc_fd(path, proc), 0700) < 0)
		return -1;
	return openat(topfd, name, flags);
}

static int push_level(struct walk *walk, int topfd, const char *name, struct error *err)
{
	autoclose int fd = open_level(topfd, name);
	struct stat st;
	DIR *dir;

	if (fd < 0)
		return error_errno(err, "cannot open directory '%s'", name);
	if (fstat(fd, &st) < 0)
		return error_errno(err, "cannot stat '%s'", name);
	if (walk->len == 0) {
		walk->device = st.st_dev;
	} else if (st.st_dev != walk->device) {
		errno = EBUSY;
		return error_errno(err, "cannot remove '%s', another filesystem", name);
	}
	/* Entries can be removed only from a directory that is writable for us. */
	if ((st.st_mode & 0700) != 0700)
		fchmod(fd, 0700);
	dir = fdopendir(fd);
	if (!dir)
		return error_errno(err, "cannot read directory '%s'", name);
	fd_steal(&fd);
	if (walk->len == walk->capacity) {
		walk->capacity = walk->capacity ? 2 * walk->capacity : 16;
		walk->levels = xrealloc(walk->levels, walk->capacity, sizeof(*walk->levels));
	}
	walk->levels[walk->len++] = (struct level) { .dir = dir, .name = xstrdup(name) };
	return 0;
}

/* Everything in the deepest directory is gone: remove it. Somebody who had it open may have made
 * something in it meanwhile (a lock): then it is read again. */
static int pop_level(struct walk *walk, int topfd, struct error *err)
{
	struct level *level = &walk->levels[walk->len - 1];
	int above = walk->len > 1 ? dirfd(walk->levels[walk->len - 2].dir) : topfd;
	int result = 0;

	if (unlinkat(above, level->name, AT_REMOVEDIR) < 0 && errno != ENOENT) {
		if (errno == ENOTEMPTY && level->again++ < AGAIN_MAX) {
			rewinddir(level->dir);
			return 0;
		}
		result = error_errno(err, "cannot remove directory '%s'", level->name);
	}
	closedir(level->dir);
	free(level->name);
	walk->len--;
	return result;
}

static int remove_entry(struct walk *walk, int topfd, const struct dirent *entry, struct error *err)
{
	if (entry->d_type != DT_DIR) {
		if (unlinkat(topfd, entry->d_name, 0) == 0 || errno == ENOENT)
			return 0;
		if (errno != EISDIR)
			return error_errno(err, "cannot remove '%s'", entry->d_name);
	}
	if (unlinkat(topfd, entry->d_name, AT_REMOVEDIR) == 0)
		return 0;
	return push_level(walk, topfd, entry->d_name, err);
}

static int walk_tree(struct walk *walk, int topfd, const char *name, struct error *err)
{
	if (push_level(walk, topfd, name, err) < 0)
		return -1;
	while (walk->len) {
		DIR *dir = walk->levels[walk->len - 1].dir;
		const struct dirent *entry;

		errno = 0;
		entry = readdir(dir);
		if (!entry && errno)
			return error_errno(err, "cannot read directory '%s'",
					   walk->levels[walk->len - 1].name);
		if (!entry) {
			if (pop_level(walk, topfd, err) < 0)
				return -1;
			continue;
		}
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (remove_entry(walk, dirfd(dir), entry, err) < 0)
			return -1;
	}
	return 0;
}

int tree_remove_at(int topfd, const char *name, struct error *err)
{
	autocleanup(walk_release) struct walk walk = { 0 };

	if (unlinkat(topfd, name, 0) == 0 || errno == ENOENT)
		return 0;
	if (errno != EISDIR && errno != EPERM)
		return error_errno(err, "cannot remove '%s'", name);
	if (unlinkat(topfd, name, AT_REMOVEDIR) == 0)
		return 0;
	return walk_tree(&walk, topfd, name, err);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "system/tree_walk.h"

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "system/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ENTRIES_SIZE (32U << 10) /* bytes of one getdents64(2) */

/*
 * THEORY OF OPERATION. A directory is read to its end when the walk arrives in it, and the names of the
 * directories in it that are to be entered wait in the level, so that no directory has to be read again
 * when the walk comes back.
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
	struct strlist waiting; /* names of directories to be entered */
	size_t next; /* in waiting */
	unsigned times; /* that all below it was seen */
};

struct walk {
	int topfd; /* holds the tree; borrowed */
	const char *top_name;
	const struct tree_visitor *visitor;
	void *data; /* of the visitor */
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

static void walk_release(struct walk *walk)
{
	for (size_t i = 0; i < walk->len; i++)
		level_release(&walk->levels[i]);
	free(walk->levels);
	free(walk->entries);
}

static struct level *last_level(const struct walk *walk)
{
	return &walk->levels[walk->len - 1];
}

/* The name of the last level's directory in the one above. */
static const char *last_name(const struct walk *walk)
{
	const struct level *above;

	if (walk->len == 1)
		return walk->top_name;
	above = last_level(walk) - 1;
	return above->waiting.items[above->next - 1];
}

/* Go down into a directory. Returns 1, or 0 when it is passed over. */
static int push_level(struct walk *walk, int dirfd, const char *name, struct error *err)
{
	autoclose int fd = -EBADF;
	struct stat st;
	int entered = walk->visitor->enter(walk->data, dirfd, name, &fd, &st, err);

	if (entered <= 0)
		return entered;
	if (walk->len == walk->capacity) {
		walk->capacity = walk->capacity ? 2 * walk->capacity : 16;
		walk->levels = xrealloc(walk->levels, walk->capacity, sizeof(*walk->levels));
	}
	if (walk->len >= LEVELS_OPEN_MAX)
		fd_close(&walk->levels[walk->len - LEVELS_OPEN_MAX].fd);
	walk->levels[walk->len++] = (struct level) {
		.fd = fd_steal(&fd),
		.device = st.st_dev,
		.inode = st.st_ino,
		.waiting = STRLIST_INIT,
	};
	return 1;
}

/* Have the level above the last one open. Returns its descriptor, borrowed. */
static int open_above(struct walk *walk, struct error *err)
{
	const struct level *level = last_level(walk);
	struct level *above;
	autoclose int fd = -EBADF;
	struct stat st;

	if (walk->len == 1)
		return walk->topfd;
	above = &walk->levels[walk->len - 2];
	if (above->fd >= 0)
		return above->fd;
	fd = openat(level->fd, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return error_errno(err, "cannot go back to the directory above '%s'",
				   last_name(walk));
	if (st.st_dev != above->device || st.st_ino != above->inode)
		return error_set(err, ERROR_FAILED, "'%s' was moved while it was %s",
				 last_name(walk), walk->visitor->done);
	above->fd = fd_steal(&fd);
	return above->fd;
}

/* Everything in the last level's directory was seen: go up. Returns 1 when it must be read once more. */
static int pop_level(struct walk *walk, struct error *err)
{
	const struct tree_visitor *visitor = walk->visitor;
	struct level *level = last_level(walk);
	int above = open_above(walk, err);
	int again = 0;

	if (above < 0)
		return -1;
	if (visitor->leave)
		again = visitor->leave(walk->data, above, last_name(walk), level->times++, err);
	if (again)
		return again;
	level_release(level);
	walk->len--;
	return 0;
}

static int visit_entry(const struct walk *walk, struct level *level, const struct dirent64 *entry,
		       struct error *err)
{
	int waits;

	if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
		return 0;
	waits = walk->visitor->entry(walk->data, level->fd, entry, err);
	if (waits > 0)
		strlist_append(&level->waiting, entry->d_name);
	return waits;
}

/* Read the last level's directory from its beginning. */
static int read_directory(const struct walk *walk, struct error *err)
{
	struct level *level = last_level(walk);
	ssize_t len;

	strlist_release(&level->waiting);
	level->waiting = (struct strlist)STRLIST_INIT;
	level->next = 0;
	if (level->times && lseek(level->fd, 0, SEEK_SET) < 0)
		return error_errno(err, "cannot read directory '%s'", last_name(walk));
	while ((len = getdents64(level->fd, walk->entries, ENTRIES_SIZE)) > 0)
		for (ssize_t at = 0; at < len;) {
			const struct dirent64 *entry = (const void *)(walk->entries + at);

			if (visit_entry(walk, level, entry, err) < 0)
				return -1;
			at += entry->d_reclen;
		}
	/* ENOENT: it was removed meanwhile, and is empty. */
	return len < 0 && errno != ENOENT
		       ? error_errno(err, "cannot read directory '%s'", last_name(walk))
		       : 0;
}

/* Go down where a directory waits, else up. */
static int walk_step(struct walk *walk, struct error *err)
{
	struct level *level = last_level(walk);
	int result;

	if (level->next < level->waiting.len) {
		const char *name = level->waiting.items[level->next++];

		result = push_level(walk, level->fd, name, err);
	} else {
		result = pop_level(walk, err);
	}
	return result > 0 ? read_directory(walk, err) : result;
}

int tree_walk(int topfd, const char *name, const struct tree_visitor *visitor, void *data,
	      struct error *err)
{
	autocleanup(walk_release) struct walk walk = {
		.topfd = topfd, .top_name = name, .visitor = visitor, .data = data
	};
	int entered = push_level(&walk, topfd, name, err);

	if (entered <= 0)
		return entered;
	walk.entries = xmalloc(ENTRIES_SIZE);
	if (read_directory(&walk, err) < 0)
		return -1;
	while (walk.len)
		if (walk_step(&walk, err) < 0)
			return -1;
	return 0;
}

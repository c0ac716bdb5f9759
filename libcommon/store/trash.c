/* SPDX-License-Identifier: Apache-2.0 */
#include "store/trash.h"

#include "base/alloc.h"
#include "base/str.h"
#include "system/fd.h"
#include "system/sync.h"
#include "system/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#define TRASH_DIR "trash"

/* "trash/MARK.RANDOM", new. */
static char *trash_path(struct error *err)
{
	autofree char *mark = process_mark(getpid(), err);
	uint64_t number = 0;

	if (!mark)
		return NULL;
	if (getrandom(&number, sizeof(number), 0) != sizeof(number)) {
		error_errno(err, "cannot get random bytes");
		return NULL;
	}
	for (char *c = mark; *c; c++)
		if (*c == ' ')
			*c = '_';
	return xasprintf(TRASH_DIR "/%s.%016" PRIx64, mark, number);
}

char *trash_move(const struct store *store, int dirfd, const char *path, struct error *err)
{
	autofree char *trash = trash_path(err);

	if (!trash || dir_make_own_at(store->dirfd, TRASH_DIR, 0700, err) < 0)
		return NULL;
	if (renameat(dirfd, path, store->dirfd, trash) < 0) {
		error_errno(err, "cannot move '%s' to trash", path);
		return NULL;
	}
	return steal(&trash);
}

int trash_delete(const struct store *store, const char *trash, struct error *err)
{
	struct error cause = { 0 };

	/* It is gone from where it was: what is left disturbs nobody, and is reclaim()'s. */
	if (tree_remove_at(store->dirfd, trash, &cause) == 0 || cause.saved_errno == ENOTEMPTY)
		return 0;
	return error_move(err, &cause);
}

int trash_discard(const struct store *store, int dirfd, const char *path, enum file_sync sync,
		  struct error *err)
{
	struct error cause = { 0 };
	autofree char *trash = trash_move(store, dirfd, path, &cause);

	if (trash && sync == FILE_SYNC && sync_parents(dirfd, path, 1, err) < 0)
		return -1;
	if (trash)
		return trash_delete(store, trash, err);
	if (cause.saved_errno == ENOSPC || cause.saved_errno == EDQUOT ||
	    cause.saved_errno == EXDEV)
		return tree_remove_at(dirfd, path, err);
	return error_move(err, &cause);
}

bool trash_is_abandoned(const char *name, struct process_scope *scope)
{
	autofree char *mark = xstrdup(name);

	for (char *c = mark; *c; c++)
		if (*c == '_' || *c == '.')
			*c = ' ';
	return process_mark_fate(mark, scope, NULL) == PROCESS_GONE;
}

/* The names in trash/ that a killed process left. */
static void list_waiting(const struct store *store, struct strlist *ret)
{
	autostrlist struct strlist names = STRLIST_INIT;
	struct process_scope scope = { 0 };

	dir_list_at(store->dirfd, TRASH_DIR, &names, NULL);
	for (size_t i = 0; i < names.len; i++)
		if (trash_is_abandoned(names.items[i], &scope))
			strlist_append(ret, names.items[i]);
}

bool trash_waits(const struct store *store)
{
	autostrlist struct strlist names = STRLIST_INIT;

	list_waiting(store, &names);
	return names.len;
}

/* Not through a link: all that has no mark of a living process is deleted there. */
static int open_trash(const struct store *store)
{
	return openat(store->dirfd, TRASH_DIR, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

int trash_lock(const struct store *store, enum lock_wait wait)
{
	autoclose int fd = open_trash(store);

	return fd < 0 || lock_fd(fd, LOCK_EXCLUSIVE, wait) < 0 ? -1 : fd_steal(&fd);
}

void trash_empty(const struct store *store)
{
	autostrlist struct strlist names = STRLIST_INIT;
	autoclose int fd = open_trash(store);

	if (fd < 0)
		return;
	list_waiting(store, &names);
	for (size_t i = 0; i < names.len; i++)
		tree_remove_at(fd, names.items[i], NULL);
}

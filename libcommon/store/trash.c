/* SPDX-License-Identifier: Apache-2.0 */
#include "store/trash.h"

#include "base/alloc.h"
#include "base/str.h"
#include "system/fd.h"
#include "system/process_mark.h"
#include "system/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

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
	return xasprintf("trash/%s.%016" PRIx64, mark, number);
}

char *trash_move(const struct store *store, int dirfd, const char *path, struct error *err)
{
	autofree char *trash = trash_path(err);

	if (!trash || dir_make_at(store->dirfd, "trash", 0700, err) < 0)
		return NULL;
	if (renameat(dirfd, path, store->dirfd, trash) < 0) {
		error_errno(err, "cannot move '%s' to trash", path);
		return NULL;
	}
	return steal(&trash);
}

int trash_discard(const struct store *store, int dirfd, const char *path, struct error *err)
{
	autofree char *trash = trash_move(store, dirfd, path, err);

	return trash ? tree_remove_at(store->dirfd, trash, err) : -1;
}

static bool entry_waits(const char *name)
{
	autofree char *mark = xstrdup(name);

	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return false;
	for (char *c = mark; *c; c++)
		if (*c == '_' || *c == '.')
			*c = ' ';
	return process_mark_fate(mark, NULL, NULL) == PROCESS_GONE;
}

/* Call remove for what waits (NULL: stop at the first). Returns whether there was any. */
static bool each_waiting(const struct store *store, void (*remove_one)(int fd, const char *name))
{
	int fd = openat(store->dirfd, "trash", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	bool any = false;

	if (!dir) {
		fd_close(&fd);
		return false;
	}
	while ((remove_one || !any) && (entry = readdir(dir))) {
		if (!entry_waits(entry->d_name))
			continue;
		any = true;
		if (remove_one)
			remove_one(fd, entry->d_name);
	}
	closedir(dir);
	return any;
}

static void remove_entry(int fd, const char *name)
{
	tree_remove_at(fd, name, NULL);
}

bool trash_waits(const struct store *store)
{
	return each_waiting(store, NULL);
}

void trash_empty(const struct store *store)
{
	each_waiting(store, remove_entry);
}

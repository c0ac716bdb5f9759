/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/layer/part.h"

#include "base/alloc.h"
#include "store/trash.h"
#include "system/fd.h"
#include "system/tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

void part_release(struct part *part)
{
	if (!part)
		return;
	fd_close(&part->dirfd);
	fd_close(&part->parent);
	free(part->name);
	free(part->part_name);
	*part = (struct part)PART_INIT;
}

/* The locked directory, or -1; *ret_stale: it was renamed or removed while we waited. */
static int lock_dir(const struct part *part, bool *ret_stale, struct error *err)
{
	autoclose int fd = -EBADF;
	struct stat ours;
	struct stat named;

	*ret_stale = false;
	if (mkdirat(part->parent, part->part_name, 0700) < 0 && errno != EEXIST)
		return error_errno(err, "cannot create '%s'", part->part_name);
	fd = openat(part->parent, part->part_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT) {
		*ret_stale = true;
		return -1;
	}
	if (fd < 0)
		return error_errno(err, "cannot open '%s'", part->part_name);
	while (flock(fd, LOCK_EX) < 0)
		if (errno != EINTR)
			return error_errno(err, "cannot lock '%s'", part->part_name);
	*ret_stale = fstat(fd, &ours) < 0 ||
		     fstatat(part->parent, part->part_name, &named, AT_SYMLINK_NOFOLLOW) < 0 ||
		     ours.st_dev != named.st_dev || ours.st_ino != named.st_ino;
	return *ret_stale ? -1 : fd_steal(&fd);
}

/* Clear what a killed process left. */
static int clear(const struct part *part, struct error *err)
{
	int copy = openat(part->dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = copy < 0 ? NULL : fdopendir(copy);
	const struct dirent *entry;
	int result = 0;

	if (!dir)
		return error_errno(err, "cannot open '%s'", part->part_name);
	while (result == 0 && (entry = readdir(dir))) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		result = tree_remove_at(part->dirfd, entry->d_name, err);
	}
	closedir(dir);
	return result;
}

int part_open(const struct store *store, const char *path, struct part *ret, struct error *err)
{
	autopart struct part part = PART_INIT;
	const char *slash = strrchr(path, '/');
	autofree char *parent = slash ? xstrndup(path, (size_t)(slash - path)) : xstrdup(".");
	struct stat st;
	bool is_stale = true;

	part.store = store;
	part.name = xstrdup(slash ? slash + 1 : path);
	part.part_name = xasprintf("%s.part", part.name);
	part.parent = dir_open_at(store->dirfd, parent, err);
	if (part.parent < 0)
		return -1;
	while (part.dirfd < 0) {
		if (fstatat(part.parent, part.name, &st, AT_SYMLINK_NOFOLLOW) == 0)
			return 1;
		part.dirfd = lock_dir(&part, &is_stale, err);
		if (part.dirfd < 0 && !is_stale)
			return -1;
	}
	/* It may have appeared between the look and the lock. */
	if (fstatat(part.parent, part.name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		unlinkat(part.parent, part.part_name, AT_REMOVEDIR);
		return 1;
	}
	if (clear(&part, err) < 0)
		return -1;
	*ret = part;
	part = (struct part)PART_INIT;
	return 0;
}

int part_publish(struct part *part, struct error *err)
{
	if (renameat(part->parent, part->part_name, part->parent, part->name) < 0)
		return error_errno(err, "cannot rename '%s'", part->part_name);
	return 0;
}

void part_discard(struct part *part)
{
	if (part->dirfd < 0)
		return;
	if (trash_discard(part->store, part->parent, part->part_name, NULL) < 0)
		tree_remove_at(part->parent, part->part_name, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/layer/staging.h"

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

void staging_release(struct staging *staging)
{
	if (!staging)
		return;
	fd_close(&staging->dirfd);
	fd_close(&staging->parent);
	free(staging->name);
	free(staging->part_name);
	*staging = (struct staging)STAGING_INIT;
}

/* The locked directory, or -1; *ret_stale: it was renamed or removed while we waited. */
static int lock_staging(const struct staging *staging, bool *ret_stale, struct error *err)
{
	autoclose int fd = -EBADF;
	struct stat ours;
	struct stat named;

	*ret_stale = false;
	if (mkdirat(staging->parent, staging->part_name, 0700) < 0 && errno != EEXIST)
		return error_errno(err, "cannot create '%s'", staging->part_name);
	fd = openat(staging->parent, staging->part_name,
		    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT) {
		*ret_stale = true;
		return -1;
	}
	if (fd < 0)
		return error_errno(err, "cannot open '%s'", staging->part_name);
	while (flock(fd, LOCK_EX) < 0)
		if (errno != EINTR)
			return error_errno(err, "cannot lock '%s'", staging->part_name);
	*ret_stale =
		fstat(fd, &ours) < 0 ||
		fstatat(staging->parent, staging->part_name, &named, AT_SYMLINK_NOFOLLOW) < 0 ||
		ours.st_dev != named.st_dev || ours.st_ino != named.st_ino;
	return *ret_stale ? -1 : fd_steal(&fd);
}

/* Clear what a killed process left. */
static int clear_staging(const struct staging *staging, struct error *err)
{
	int copy = openat(staging->dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = copy < 0 ? NULL : fdopendir(copy);
	const struct dirent *entry;
	int result = 0;

	if (!dir)
		return error_errno(err, "cannot open '%s'", staging->part_name);
	while (result == 0 && (entry = readdir(dir))) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		result = tree_remove_at(staging->dirfd, entry->d_name, err);
	}
	closedir(dir);
	return result;
}

int staging_open(const struct store *store, const char *path, struct staging *ret,
		 struct error *err)
{
	autostaging struct staging staging = STAGING_INIT;
	const char *slash = strrchr(path, '/');
	autofree char *parent = slash ? xstrndup(path, (size_t)(slash - path)) : xstrdup(".");
	struct stat st;
	bool is_stale = true;

	staging.store = store;
	staging.name = xstrdup(slash ? slash + 1 : path);
	staging.part_name = xasprintf("%s.part", staging.name);
	staging.parent = dir_open_at(store->dirfd, parent, err);
	if (staging.parent < 0)
		return -1;
	while (staging.dirfd < 0) {
		if (fstatat(staging.parent, staging.name, &st, AT_SYMLINK_NOFOLLOW) == 0)
			return 1;
		staging.dirfd = lock_staging(&staging, &is_stale, err);
		if (staging.dirfd < 0 && !is_stale)
			return -1;
	}
	/* It may have appeared between the look and the lock. */
	if (fstatat(staging.parent, staging.name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		unlinkat(staging.parent, staging.part_name, AT_REMOVEDIR);
		return 1;
	}
	if (clear_staging(&staging, err) < 0)
		return -1;
	*ret = staging;
	staging = (struct staging)STAGING_INIT;
	return 0;
}

int staging_publish(struct staging *staging, struct error *err)
{
	if (renameat(staging->parent, staging->part_name, staging->parent, staging->name) < 0)
		return error_errno(err, "cannot rename '%s'", staging->part_name);
	return 0;
}

void staging_discard(struct staging *staging)
{
	if (staging->dirfd < 0)
		return;
	if (trash_discard(staging->store, staging->parent, staging->part_name, NULL) < 0)
		tree_remove_at(staging->parent, staging->part_name, NULL);
}

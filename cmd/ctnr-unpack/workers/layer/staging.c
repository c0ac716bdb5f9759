/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/layer/staging.h"

#include "base/alloc.h"
#include "store/trash.h"
#include "system/fd.h"
#include "system/lock.h"
#include "system/tree.h"

#include <fcntl.h>
#include <string.h>
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

static bool parent_is_there(const struct staging *staging)
{
	struct stat st;

	return fstat(staging->parent, &st) == 0 && st.st_nlink > 0;
}

/* Make the directory. *ret_stale: it was removed again before it was opened. */
static int make_staging(const struct staging *staging, bool *ret_stale, struct error *err)
{
	struct error cause = { 0 };

	if (dir_make_inner_at(staging->parent, staging->part_name, 0700, &cause) >= 0)
		return 0;
	*ret_stale = cause.saved_errno == ENOENT && parent_is_there(staging);
	return error_move(err, &cause);
}

/* The locked directory, or -1; *ret_stale: it was renamed or removed while we waited. */
static int lock_staging(const struct staging *staging, bool *ret_stale, struct error *err)
{
	autoclose int fd = -EBADF;

	*ret_stale = false;
	if (make_staging(staging, ret_stale, err) < 0)
		return -1;
	fd = openat(staging->parent, staging->part_name,
		    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT) {
		*ret_stale = true;
		return -1;
	}
	if (fd < 0)
		return error_errno(err, "cannot open '%s'", staging->part_name);
	if (lock_fd(fd, LOCK_EXCLUSIVE, LOCK_WAIT) < 0)
		return error_errno(err, "cannot lock '%s'", staging->part_name);
	*ret_stale = !lock_is_named(fd, staging->parent, staging->part_name);
	return *ret_stale ? -1 : fd_steal(&fd);
}

/* Clear what a killed process left. */
static int clear_staging(const struct staging *staging, struct error *err)
{
	autostrlist struct strlist names = STRLIST_INIT;

	if (dir_list_at(staging->dirfd, ".", &names, err) < 0)
		return error_prefix(err, "'%s'", staging->part_name);
	for (size_t i = 0; i < names.len; i++)
		if (tree_remove_at(staging->dirfd, names.items[i], err) < 0)
			return -1;
	return 0;
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
	staging.part_name = xasprintf("%s" FILE_PART_SUFFIX, staging.name);
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
	/* NAME may have appeared between the look and the lock. */
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
	if (trash_discard(staging->store, staging->parent, staging->part_name, FILE_NO_SYNC, NULL) <
	    0)
		tree_remove_at(staging->parent, staging->part_name, NULL);
}

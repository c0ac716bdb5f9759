/* SPDX-License-Identifier: Apache-2.0 */
#include "layer/view_cache.h"

#include "base/alloc.h"
#include "base/fnv.h"
#include "system/fd.h"
#include "system/path.h"

#include <string.h>
#include <sys/resource.h>

#define LOWER_FDS_MAX 1024 /* descriptors of the layers below */
#define SPARE_FDS 64 /* for everything else */
#define DIRS_MIN 16

void view_cache_init(struct view *view)
{
	size_t n = VIEW_DIRS + LOWER_FDS_MAX + SPARE_FDS + view->n_lowers;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur > n)
		limit.rlim_cur = n;
	n = (size_t)limit.rlim_cur;
	n = n > SPARE_FDS + view->n_lowers ? n - SPARE_FDS - view->n_lowers : 0;
	view->n_dirs = n < DIRS_MIN ? DIRS_MIN : n < VIEW_DIRS ? n : VIEW_DIRS;
	view->lower_fds_max = n > view->n_dirs ? n - view->n_dirs : 0;
	for (size_t i = 0; i < VIEW_DIRS; i++)
		view->dirs[i].fd = -EBADF;
}

struct view_dir *view_find(struct view *view, const char *path, size_t len)
{
	uint64_t hash = fnv_add(FNV_START, path, len);

	for (size_t i = 0; i < view->n_dirs; i++) {
		struct view_dir *dir = &view->dirs[i];

		if (dir->hash == hash && dir->path && strncmp(dir->path, path, len) == 0 &&
		    !dir->path[len]) {
			dir->last_use = ++view->clock;
			return dir;
		}
	}
	return NULL;
}

/* Does the way to a path lead through dir, or end there? */
static bool is_on_way(const struct view_dir *dir, size_t dir_len, const char *path, size_t len)
{
	return dir_len <= len && memcmp(dir->path, path, dir_len) == 0 &&
	       (dir_len == 0 || dir_len == len || path[dir_len] == '/');
}

static bool is_near(const struct view_dir *dir, enum view_near near)
{
	switch (near) {
	case VIEW_NEAR_ON_TOP:
		return dir->fd >= 0;
	case VIEW_NEAR_KNOWING:
		return dir->knows_lowers;
	default:
		return true;
	}
}

struct view_dir *view_find_near(struct view *view, const char *path, size_t len,
				enum view_near near)
{
	struct view_dir *nearest = &view->dirs[0];
	size_t nearest_len = 0;

	for (size_t i = 1; i < view->n_dirs; i++) {
		struct view_dir *dir = &view->dirs[i];
		size_t dir_len = dir->path ? strlen(dir->path) : 0;

		if (dir_len > nearest_len && is_near(dir, near) &&
		    is_on_way(dir, dir_len, path, len)) {
			nearest = dir;
			nearest_len = dir_len;
		}
	}
	nearest->last_use = ++view->clock;
	return nearest;
}

static void close_lower_fds(struct view *view, struct view_dir *dir)
{
	for (size_t i = 0; i < dir->n_lowers; i++) {
		if (dir->lowers[i].fd < 0)
			continue;
		fd_close(&dir->lowers[i].fd);
		dir->n_lower_fds--;
		view->n_lower_fds--;
	}
}

void view_forget_lowers(struct view *view, struct view_dir *dir)
{
	close_lower_fds(view, dir);
	free(steal(&dir->lowers));
	dir->n_lowers = 0;
}

void view_forget_dir(struct view *view, struct view_dir *dir)
{
	fd_close(&dir->fd);
	free(dir->path);
	view_forget_lowers(view, dir);
	*dir = (struct view_dir) { .fd = -EBADF };
}

void view_forget_below(struct view *view, const char *path)
{
	for (size_t i = 1; i < view->n_dirs; i++) {
		struct view_dir *dir = &view->dirs[i];

		if (dir->path && path_is_below(dir->path, path))
			view_forget_dir(view, dir);
	}
}

int view_close_dir(struct view *view, struct view_dir *dir, struct error *err)
{
	const struct timespec times[2] = { dir->mtime, dir->mtime };

	if (dir->path && dir->is_changed && futimens(dir->fd, times) < 0)
		return error_errno(err, "cannot set the time of '/%s'", dir->path);
	view_forget_dir(view, dir);
	return 0;
}

int view_take_slot(struct view *view, const char *path, struct view_dir **ret, struct error *err)
{
	struct view_dir *oldest = &view->dirs[1];

	for (size_t i = 1; i < view->n_dirs && oldest->path; i++)
		if (!view->dirs[i].path || view->dirs[i].last_use < oldest->last_use)
			oldest = &view->dirs[i];
	if (view_close_dir(view, oldest, err) < 0)
		return -1;
	oldest->path = xstrdup(path);
	oldest->hash = fnv_add(FNV_START, path, strlen(path));
	oldest->last_use = ++view->clock;
	*ret = oldest;
	return 0;
}

bool view_may_hold_lower(struct view *view, const struct view_dir *dir)
{
	struct view_dir *oldest = NULL;

	if (view->n_lower_fds < view->lower_fds_max)
		return true;
	for (size_t i = 1; i < view->n_dirs; i++) {
		struct view_dir *other = &view->dirs[i];

		if (other->n_lower_fds && other != dir &&
		    (!oldest || other->last_use < oldest->last_use))
			oldest = other;
	}
	if (oldest)
		close_lower_fds(view, oldest);
	return view->n_lower_fds < view->lower_fds_max;
}

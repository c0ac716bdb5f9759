/* SPDX-License-Identifier: Apache-2.0 */
#include "layer/view_lower.h"

#include "base/alloc.h"
#include "layer/mark.h"
#include "layer/view_cache.h"
#include "system/fd.h"
#include "system/path.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#define DIR_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

int view_lower_at(const struct view *view, const struct view_dir *dir, size_t index,
		  const char *path, const char *name, const char **ret_name)
{
	const struct view_lower *lower = &dir->lowers[index];

	*ret_name = lower->fd >= 0 ? name : path;
	return lower->fd >= 0 ? lower->fd : view->lowers[lower->layer];
}

/* Open the directory name of a part of parent. Returns -EBADF where the layer has none: *ret_ends
 * tells whether what it has instead hides the layers below. */
static int open_lower(const struct view *view, const struct view_dir *parent, size_t index,
		      const char *path, const char *name, bool *ret_ends, struct error *err)
{
	const char *at;
	int dirfd = view_lower_at(view, parent, index, path, name, &at);
	int fd = openat(dirfd, at, DIR_FLAGS);

	*ret_ends = false;
	if (fd >= 0)
		return fd;
	*ret_ends = errno == ENOTDIR || errno == ELOOP;
	if (errno == ENOENT || *ret_ends)
		return -EBADF;
	return error_errno(err, "cannot open '/%s' of a layer below", path);
}

/*
 * Which layers make up the directory name, at dir->path, of those that make up its parent. The
 * components before the last are directories in each of them (that is what being part of the parent
 * means) and finished layers do not change, so a path may be used.
 */
static int find_lowers(struct view *view, struct view_dir *dir, const struct view_dir *parent,
		       const char *name, struct error *err)
{
	dir->lowers = xcalloc(parent->n_lowers, sizeof(dir->lowers[0]));
	for (size_t i = 0; i < parent->n_lowers; i++) {
		struct view_lower *lower = &dir->lowers[dir->n_lowers];
		autoclose int fd = -EBADF;
		bool ends;

		fd = open_lower(view, parent, i, dir->path, name, &ends, err);
		if (fd == -1)
			return -1;
		if (ends)
			return 0;
		if (fd < 0)
			continue;
		ends = i + 1 < parent->n_lowers && mark_is_opaque(fd);
		*lower = (struct view_lower) { parent->lowers[i].layer, -EBADF };
		dir->n_lowers++;
		if (view_may_hold_lower(view, dir)) {
			lower->fd = fd_steal(&fd);
			dir->n_lower_fds++;
			view->n_lower_fds++;
		}
		if (ends)
			return 0;
	}
	return 0;
}

/* The same, where the directory on top may hide what is below. */
static int find_lowers_of(struct view *view, struct view_dir *dir, const struct view_dir *parent,
			  const char *name, struct error *err)
{
	if (parent->n_lowers && (dir->fd < 0 || !mark_is_opaque(dir->fd)) &&
	    find_lowers(view, dir, parent, name, err) < 0) {
		view_forget_lowers(view, dir);
		return -1;
	}
	dir->knows_lowers = true;
	return 0;
}

/* A directory on the way that is not known (any more), for the time of one step. */
static int pass_dir(struct view *view, struct view_dir *passing, const char *path, size_t len,
		    struct error *err)
{
	passing->path = xstrndup(path, len);
	passing->fd =
		path_open(view->top, passing->path, O_RDONLY | O_DIRECTORY, 0, PATH_NO_SYMLINKS);
	return passing->fd < 0 && errno != ENOENT
		       ? error_errno(err, "cannot open '/%s'", passing->path)
		       : 0;
}

/* Tell the layers of each directory from above dir down to it; passing: two that may be used. */
static int know_on_way(struct view *view, struct view_dir *dir, struct view_dir passing[2],
		       struct error *err)
{
	size_t dir_len = strlen(dir->path);
	struct view_dir *parent = view_find_near(view, dir->path, dir_len, VIEW_NEAR_KNOWING);
	size_t start = strlen(parent->path);
	unsigned int turn = 0;

	while (parent != dir) {
		const char *name = dir->path + start + (start > 0);
		size_t name_len = strcspn(name, "/");
		size_t len = (size_t)(name - dir->path) + name_len;
		autofree char *component = xstrndup(name, name_len);
		struct view_dir *child = len == dir_len ? dir : view_find(view, dir->path, len);

		if (!child) {
			child = &passing[turn++ % 2];
			view_forget_dir(view, child);
			if (pass_dir(view, child, dir->path, len, err) < 0)
				return -1;
		}
		if (!child->knows_lowers && find_lowers_of(view, child, parent, component, err) < 0)
			return -1;
		parent = child;
		start = len;
	}
	return 0;
}

int view_know_lowers(struct view *view, struct view_dir *dir, struct error *err)
{
	struct view_dir passing[2] = { { .fd = -EBADF }, { .fd = -EBADF } };
	int result;

	if (dir->knows_lowers)
		return 0;
	result = know_on_way(view, dir, passing, err);
	view_forget_dir(view, &passing[0]);
	view_forget_dir(view, &passing[1]);
	return result;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/layer/whiteout.h"

#include "base/alloc.h"
#include "layer/mark.h"
#include "system/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DIR_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

/* A directory on the way down. */
struct clearing_level {
	struct strlist names;
	size_t next; /* in names */
	size_t path_len; /* of the directory's path */
	struct stat stat; /* before its content was changed */
};

/* A walk through what a layer has made. One directory is open at a time; the way up is "..". */
struct clearing {
	struct layer *layer;
	int fd; /* of the last level's directory */
	struct str path; /* of that directory */
	struct clearing_level *levels;
	size_t len;
	size_t capacity;
};

static void clearing_release(struct clearing *clearing)
{
	for (size_t i = 0; i < clearing->len; i++)
		strlist_release(&clearing->levels[i].names);
	free(clearing->levels);
	fd_close(&clearing->fd);
	str_release(&clearing->path);
}

/* fd, whose path is the clearing's, is the directory to go on with; it is taken. */
static int enter_cleared(struct clearing *clearing, int fd, struct error *err)
{
	struct clearing_level *level;

	fd_close(&clearing->fd);
	clearing->fd = fd;
	if (clearing->len == clearing->capacity) {
		clearing->capacity = clearing->capacity ? 2 * clearing->capacity : 16;
		clearing->levels =
			xrealloc(clearing->levels, clearing->capacity, sizeof(*clearing->levels));
	}
	level = &clearing->levels[clearing->len++];
	*level = (struct clearing_level) { .names = STRLIST_INIT, .path_len = clearing->path.len };
	if (fstat(fd, &level->stat) < 0)
		return error_errno(err, "cannot stat a directory");
	return dir_list_at(fd, ".", &level->names, err);
}

/* The last level's directory has nothing but what the layer made. */
static int leave_cleared(struct clearing *clearing, struct error *err)
{
	struct clearing_level *level = &clearing->levels[--clearing->len];
	const struct timespec times[2] = { level->stat.st_atim, level->stat.st_mtim };
	autoclose int fd = fd_steal(&clearing->fd);
	struct stat st;

	strlist_release(&level->names);
	if (futimens(fd, times) < 0)
		return error_errno(err, "cannot set a directory's time");
	if (path_set_add_alone(&clearing->layer->cleared, clearing->path.data, err) < 0)
		return -1;
	if (!clearing->len)
		return 0;
	level--;
	clearing->path.len = level->path_len;
	clearing->path.data[level->path_len] = '\0';
	clearing->fd = openat(fd, "..", DIR_FLAGS);
	if (clearing->fd < 0 || fstat(clearing->fd, &st) < 0)
		return error_errno(err, "cannot go back to a directory");
	return st.st_ino == level->stat.st_ino && st.st_dev == level->stat.st_dev
		       ? 0
		       : error_set(err, ERROR_FAILED, "a directory was moved meanwhile");
}

/* Remove a name in the last level's directory, or go down where the layer has made a directory. */
static int clear_name(struct clearing *clearing, const char *name, struct error *err)
{
	struct layer *layer = clearing->layer;
	struct view_dir as_dir = { .path = clearing->path.data, .fd = clearing->fd };
	autofree char *full = view_path(&as_dir, name);
	int child;

	if (!path_set_has(&layer->own_paths, full))
		return view_remove(&layer->view, &as_dir, name, err) < 0 ? -1 : 0;
	if (path_set_has(&layer->cleared, full))
		return 0;
	child = openat(clearing->fd, name, DIR_FLAGS);
	if (child < 0)
		return 0;
	str_clear(&clearing->path);
	str_append(&clearing->path, full);
	return enter_cleared(clearing, child, err);
}

/* Remove what is below fd, known by path, but for what this layer made: marks of deletions too,
 * which the overlay filters out only where something is merged. A directory is gone through once,
 * however many deletions there are of it and of those above it. */
static int clear_directory(struct layer *layer, int fd, const char *path, struct error *err)
{
	autocleanup(clearing_release) struct clearing clearing = { .layer = layer,
								   .fd = -EBADF,
								   .path = STR_INIT };
	int own;

	if (path_set_has_on_way(&layer->cleared, path))
		return 0;
	own = openat(fd, ".", DIR_FLAGS);
	if (own < 0)
		return error_errno(err, "cannot open a directory");
	str_append(&clearing.path, path);
	if (enter_cleared(&clearing, own, err) < 0)
		return -1;
	while (clearing.len) {
		struct clearing_level *level = &clearing.levels[clearing.len - 1];
		int result = level->next < level->names.len
				     ? clear_name(&clearing, level->names.items[level->next++], err)
				     : leave_cleared(&clearing, err);

		if (result < 0)
			return -1;
	}
	return 0;
}

static int make_directory_opaque(struct layer *layer, struct view_dir *dir, struct error *err)
{
	if (view_know_lowers(&layer->view, dir, err) < 0)
		return -1;
	if (dir->n_lowers == 0)
		return 0;
	if (view_set_opaque(&layer->view, dir, err) < 0)
		return -1;
	return clear_directory(layer, dir->fd, dir->path, err);
}

static int hide_name_in_overlay(struct layer *layer, struct view_dir *dir, const char *name,
				struct error *err)
{
	autofree char *path = view_path(dir, name);
	struct view_dir *child;
	struct stat st;

	if (view_know_lowers(&layer->view, dir, err) < 0)
		return -1;
	if (dir->n_lowers == 0)
		return 0;
	if (path_set_has(&layer->own_paths, path)) {
		/* The layer may have removed it again, and a mark stands there. */
		if (fstatat(dir->fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISDIR(st.st_mode))
			return 0;
		if (view_child(&layer->view, dir, name, &child, err) < 0)
			return -1;
		return make_directory_opaque(layer, child, err);
	}
	if (view_remove(&layer->view, dir, name, err) < 0)
		return -1;
	if (mark_make_whiteout(dir->fd, name) < 0) {
		error_errno(err, "cannot make a whiteout");
		return error_hint(
			err,
			"a store on an overlay cannot hold layers: use --driver copy, or another --store");
	}
	dir->is_changed = true;
	view_shadow(&layer->view, dir, name);
	return 0;
}

/* Once: the layers below do not change. */
static int hide_root_in_overlay(struct layer *layer, struct view_dir *root, struct error *err)
{
	if (layer->is_root_hidden)
		return 0;
	layer->is_root_hidden = true;
	for (size_t i = 0; i < root->n_lowers; i++) {
		autostrlist struct strlist names = STRLIST_INIT;

		if (dir_list_at(layer->view.lowers[root->lowers[i].layer], ".", &names, err) < 0)
			return -1;
		for (size_t j = 0; j < names.len; j++)
			if (hide_name_in_overlay(layer, root, names.items[j], err) < 0)
				return -1;
	}
	return 0;
}

static int hide_name_in_plain(struct layer *layer, struct view_dir *dir, const char *name,
			      struct error *err)
{
	autofree char *path = view_path(dir, name);
	autoclose int child = -EBADF;

	if (!path_set_has(&layer->own_paths, path))
		return view_remove(&layer->view, dir, name, err) < 0 ? -1 : 0;
	child = openat(dir->fd, name, DIR_FLAGS);
	return child < 0 ? 0 : clear_directory(layer, child, path, err);
}

int whiteout_apply(struct layer *layer, struct view_dir *dir, const char *name, struct error *err)
{
	if (layer->form == LAYER_OVERLAY)
		return hide_name_in_overlay(layer, dir, name, err);
	return layer->is_base ? 0 : hide_name_in_plain(layer, dir, name, err);
}

int whiteout_apply_opaque(struct layer *layer, struct view_dir *dir, struct error *err)
{
	if (layer->form == LAYER_OVERLAY)
		return dir->path[0] ? make_directory_opaque(layer, dir, err)
				    : hide_root_in_overlay(layer, dir, err);
	if (layer->is_base)
		return 0;
	dir->is_changed = true;
	return clear_directory(layer, dir->fd, dir->path, err);
}

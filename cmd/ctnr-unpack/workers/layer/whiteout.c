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

/* Remove what is below fd, known by path, but for what this layer made: marks of deletions too,
 * which the overlay filters out only where something is merged. The depth is bounded by the length
 * of a path that the layer made. */
static int clear_directory(struct layer *layer, int fd, const char *path, struct error *err)
{
	autostrlist struct strlist names = STRLIST_INIT;
	struct timespec times[2];
	struct stat st;

	if (fstat(fd, &st) < 0)
		return error_errno(err, "cannot stat a directory");
	if (dir_list_at(fd, ".", &names, err) < 0)
		return -1;
	for (size_t i = 0; i < names.len; i++) {
		const char *name = names.items[i];
		autofree char *full = xasprintf("%s%s%s", path, path[0] ? "/" : "", name);
		autoclose int child = -EBADF;
		struct view_dir as_dir = { .path = (char *)path, .fd = fd };

		if (!path_set_has(&layer->own_paths, full)) {
			if (view_remove(&layer->view, &as_dir, name, err) < 0)
				return -1;
			continue;
		}
		child = openat(fd, name, DIR_FLAGS);
		if (child >= 0 && clear_directory(layer, child, full, err) < 0)
			return -1;
	}
	times[0] = st.st_atim;
	times[1] = st.st_mtim;
	return futimens(fd, times) < 0 ? error_errno(err, "cannot set a directory's time") : 0;
}

static int make_directory_opaque(struct layer *layer, struct view_dir *dir, struct error *err)
{
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

static int hide_root_in_overlay(struct layer *layer, struct view_dir *root, struct error *err)
{
	for (size_t i = 0; i < root->n_lowers; i++) {
		autostrlist struct strlist names = STRLIST_INIT;

		if (dir_list_at(layer->view.lowers[root->lowers[i]], ".", &names, err) < 0)
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

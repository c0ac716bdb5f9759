/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Deletions (image-spec layer.md, "Whiteouts"). They hide what layers below left, never an entry
 * of their own layer, whatever the order.
 *
 * Overlay form: a name that this layer did not make becomes a 0:0 device; a directory that it made
 * becomes opaque; anything else that it made hides by itself. The overlay does not look at the mark
 * on a layer's root, so there every name below gets its own.
 *
 * Plain form: what is there is removed, but for what this layer made.
 */
#include "workers/layer/layer.h"

#include "base/alloc.h"
#include "system/fd.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DIR_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

/* The names in a directory, "." and ".." aside. */
static int list_names(int fd, struct strlist *ret, struct error *err)
{
	int copy = openat(fd, ".", DIR_FLAGS);
	DIR *dir = copy < 0 ? NULL : fdopendir(copy);
	const struct dirent *entry;
	int failed;

	if (!dir)
		return error_errno(err, "cannot open a directory");
	while ((errno = 0, entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			strlist_append(ret, entry->d_name);
	failed = errno;
	closedir(dir);
	errno = failed;
	return failed ? error_errno(err, "cannot read a directory") : 0;
}

/* Remove what is below fd, known by path, but for what this layer made: marks of deletions too,
 * which the overlay filters out only where something is merged. The depth is bounded by the length
 * of a path that the layer made. */
static int clear_dir(struct layer *layer, int fd, const char *path, struct error *err)
{
	autostrlist struct strlist names = STRLIST_INIT;
	struct timespec times[2];
	struct stat st;

	if (fstat(fd, &st) < 0)
		return error_errno(err, "cannot stat a directory");
	if (list_names(fd, &names, err) < 0)
		return -1;
	for (size_t i = 0; i < names.len; i++) {
		const char *name = names.items[i];
		autofree char *full = xasprintf("%s%s%s", path, path[0] ? "/" : "", name);
		autoclose int child = -EBADF;
		struct view_dir as_dir = { .path = (char *)path, .fd = fd };

		if (!made_has(&layer->made, full)) {
			if (view_remove(&layer->view, &as_dir, name, err) < 0)
				return -1;
			continue;
		}
		child = openat(fd, name, DIR_FLAGS);
		if (child >= 0 && clear_dir(layer, child, full, err) < 0)
			return -1;
	}
	times[0] = st.st_atim;
	times[1] = st.st_mtim;
	return futimens(fd, times) < 0 ? error_errno(err, "cannot set a directory's time") : 0;
}

static int make_opaque(struct layer *layer, struct view_dir *dir, struct error *err)
{
	if (dir->n_lowers == 0)
		return 0;
	if (view_set_opaque(&layer->view, dir, err) < 0)
		return -1;
	return clear_dir(layer, dir->fd, dir->path, err);
}

static int hide_overlay(struct layer *layer, struct view_dir *dir, const char *name,
			struct error *err)
{
	autofree char *path = view_path(dir, name);
	struct view_dir *child;
	struct stat st;

	if (dir->n_lowers == 0)
		return 0;
	if (made_has(&layer->made, path)) {
		/* It may be gone again, replaced by a mark. */
		if (fstatat(dir->fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISDIR(st.st_mode))
			return 0;
		if (view_child(&layer->view, dir, name, &child, err) < 0)
			return -1;
		return make_opaque(layer, child, err);
	}
	if (view_remove(&layer->view, dir, name, err) < 0)
		return -1;
	if (mknodat(dir->fd, name, S_IFCHR, 0) < 0) {
		error_errno(err, "cannot make a whiteout");
		return error_hint(
			err,
			"a store on an overlay cannot hold layers: use --driver copy, or another --store");
	}
	dir->is_changed = true;
	view_shadow(&layer->view, dir, name);
	return 0;
}

static int hide_root_overlay(struct layer *layer, struct view_dir *root, struct error *err)
{
	for (size_t i = 0; i < root->n_lowers; i++) {
		autostrlist struct strlist names = STRLIST_INIT;

		if (list_names(layer->view.lowers[root->lowers[i]], &names, err) < 0)
			return -1;
		for (size_t j = 0; j < names.len; j++)
			if (hide_overlay(layer, root, names.items[j], err) < 0)
				return -1;
	}
	return 0;
}

static int hide_plain(struct layer *layer, struct view_dir *dir, const char *name,
		      struct error *err)
{
	autofree char *path = view_path(dir, name);
	autoclose int child = -EBADF;

	if (!made_has(&layer->made, path))
		return view_remove(&layer->view, dir, name, err) < 0 ? -1 : 0;
	child = openat(dir->fd, name, DIR_FLAGS);
	return child < 0 ? 0 : clear_dir(layer, child, path, err);
}

int whiteout_apply(struct layer *layer, struct view_dir *dir, const char *name, struct error *err)
{
	if (layer->form == LAYER_PLAIN) {
		if (layer->is_base)
			return 0;
		if (name)
			return hide_plain(layer, dir, name, err);
		dir->is_changed = true;
		return clear_dir(layer, dir->fd, dir->path, err);
	}
	if (name)
		return hide_overlay(layer, dir, name, err);
	if (!dir->path[0])
		return hide_root_overlay(layer, dir, err);
	return make_opaque(layer, dir, err);
}

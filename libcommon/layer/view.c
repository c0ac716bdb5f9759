/* SPDX-License-Identifier: Apache-2.0 */
#include "layer/view.h"

#include "base/alloc.h"
#include "base/fnv.h"
#include "base/str.h"
#include "layer/mark.h"
#include "layer/view_cache.h"
#include "layer/view_lower.h"
#include "system/fd.h"
#include "system/path.h"
#include "system/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#define DIR_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

const struct copy_rules view_copy_rules = {
	.owner = COPY_OWNER,
	.device = COPY_DEVICE,
	.route = XATTR_LAYER_TO_LAYER,
	.refusal = XATTR_MUST_BE_SET,
};

char *view_path(const struct view_dir *dir, const char *name)
{
	return xasprintf("%s%s%s", dir->path, dir->path[0] ? "/" : "", name);
}

static int set_errno(struct error *err, int number, const char *path)
{
	errno = number;
	return error_errno(err, "'/%s'", path);
}

static int note_dead_end(struct view *view, int number, const char *path, struct error *err)
{
	if (view->links)
		strlist_append(view->links, path);
	return set_errno(err, number, path);
}

int view_lookup(struct view *view, struct view_dir *dir, const char *name, struct view_found *ret,
		struct error *err)
{
	autofree char *path = NULL;

	ret->where = VIEW_NOWHERE;
	if (dir->fd >= 0) {
		if (fstatat(dir->fd, name, &ret->stat, AT_SYMLINK_NOFOLLOW) == 0) {
			/* A whiteout of a finished view is not there, and neither is what it
			 * hides. Without layers below it is no whiteout, but we make none. */
			ret->where = mark_is_whiteout(&ret->stat) ? VIEW_NOWHERE : VIEW_TOP;
			return 0;
		}
		if (errno != ENOENT)
			return error_errno(err, "cannot stat '%s'", name);
	}
	if (view_know_lowers(view, dir, err) < 0)
		return -1;
	if (dir->n_lowers == 0)
		return 0;
	path = view_path(dir, name);
	for (size_t i = 0; i < dir->n_lowers; i++) {
		const char *at;
		int dirfd = view_lower_at(view, dir, i, path, name, &at);

		if (fstatat(dirfd, at, &ret->stat, AT_SYMLINK_NOFOLLOW) == 0) {
			ret->where = mark_is_whiteout(&ret->stat) ? VIEW_NOWHERE : VIEW_LOWER;
			ret->lower = dir->lowers[i].layer;
			return 0;
		}
		if (errno != ENOENT)
			return error_errno(err, "cannot stat '/%s' of a layer below", path);
	}
	return 0;
}

/* Make the directory of that name, which a lookup found, a known one. */
static int load_child(struct view *view, struct view_dir *parent, const char *name,
		      const struct view_found *found, struct view_dir **ret, struct error *err)
{
	autofree char *path = view_path(parent, name);
	autoclose int fd = -EBADF;
	struct view_dir *dir;

	if (found->where == VIEW_TOP) {
		fd = openat(parent->fd, name, DIR_FLAGS);
		if (fd < 0)
			return error_errno(err, "cannot open '/%s'", path);
	}
	if (view_take_slot(view, path, &dir, err) < 0)
		return -1;
	dir->mode = found->stat.st_mode;
	dir->mtime = found->stat.st_mtim;
	dir->knows_lowers = parent->knows_lowers && parent->n_lowers == 0;
	dir->fd = fd_steal(&fd);
	*ret = dir;
	return 0;
}

/* The directory of that name, known already or not. found: what a lookup said; NULL: look it up. */
static int enter_child(struct view *view, struct view_dir *parent, const char *name,
		       const struct view_found *found, struct view_dir **ret, struct error *err)
{
	autofree char *path = view_path(parent, name);
	struct view_found again;

	*ret = view_find(view, path, strlen(path));
	if (*ret)
		return 0;
	if (!found) {
		if (view_lookup(view, parent, name, &again, err) < 0)
			return -1;
		found = &again;
	}
	if (found->where == VIEW_NOWHERE)
		return note_dead_end(view, ENOENT, path, err);
	if (!S_ISDIR(found->stat.st_mode))
		return note_dead_end(view, ENOTDIR, path, err);
	return load_child(view, parent, name, found, ret, err);
}

int view_child(struct view *view, struct view_dir *parent, const char *name, struct view_dir **ret,
	       struct error *err)
{
	return enter_child(view, parent, name, NULL, ret, err);
}

struct view_dir *view_add_dir(struct view *view, struct view_dir *parent, const char *name,
			      mode_t mode, enum view_below below, struct error *err)
{
	struct view_found found = { VIEW_TOP, 0, { .st_mode = mode } };
	autofree char *path = view_path(parent, name);
	struct view_dir *known = view_find(view, path, strlen(path));
	struct view_dir *dir;

	parent->is_changed = true;
	if (known)
		view_forget_dir(view, known);
	if (load_child(view, parent, name, &found, &dir, err) < 0)
		return NULL;
	if (below == VIEW_BELOW_HIDDEN && (view_know_lowers(view, dir, err) < 0 ||
					   (dir->n_lowers && view_set_opaque(view, dir, err) < 0)))
		return NULL;
	return dir;
}

/* Nothing is there: a directory that the archive implies. */
static int make_implied(struct view *view, struct view_dir *parent, const char *name,
			struct view_dir **ret, struct error *err)
{
	int replaced = view_remove(view, parent, name, err);

	if (replaced < 0)
		return -1;
	if (mkdirat(parent->fd, name, 0755) < 0)
		return error_errno(err, "cannot create directory '%s'", name);
	*ret = view_add_dir(view, parent, name, 0755,
			    replaced ? VIEW_BELOW_HIDDEN : VIEW_BELOW_SHOWS, err);
	if (!*ret)
		return -1;
	if (fchown((*ret)->fd, 0, 0) < 0 || fchmod((*ret)->fd, 0755) < 0)
		return error_errno(err, "cannot set the owner of '/%s'", (*ret)->path);
	(*ret)->is_changed = true;
	return 0;
}

/* A directory of the layers below is needed on top too. */
static int copy_up_dir(struct view *view, struct view_dir *parent, struct view_dir *dir,
		       const char *name, struct error *err)
{
	autoclose int from = -EBADF;
	struct stat st;

	if (view_know_lowers(view, dir, err) < 0)
		return -1;
	from = openat(view->lowers[dir->lowers[0].layer], dir->path, DIR_FLAGS);
	if (from < 0 || fstat(from, &st) < 0)
		return error_errno(err, "cannot open '/%s' of a layer below", dir->path);
	if (mkdirat(parent->fd, name, 0700) < 0)
		return error_errno(err, "cannot create directory '/%s'", dir->path);
	parent->is_changed = true;
	dir->fd = openat(parent->fd, name, DIR_FLAGS);
	if (dir->fd < 0)
		return error_errno(err, "cannot open directory '/%s'", dir->path);
	if (copy_metadata(&view_copy_rules, from, dir->fd, &st, err) < 0)
		return error_prefix(err, "'/%s'", dir->path);
	dir->mode = st.st_mode;
	dir->mtime = st.st_mtim;
	dir->is_changed = true;
	return view->carry_record
		       ? view->carry_record(view->data, dir->lowers[0].layer, dir->path, err)
		       : 0;
}

/* Have the directory at a canonical path on top: its parents that are not there come up first. */
static int copy_up_path(struct view *view, const char *canonical, struct view_dir **ret,
			struct error *err)
{
	struct view_dir *dir = view_find_near(view, canonical, strlen(canonical), VIEW_NEAR_ON_TOP);
	autofree char *path = xstrdup(canonical + strlen(dir->path));
	char *rest = path;
	char *name;

	while ((name = strsep(&rest, "/"))) {
		struct view_dir *child;

		if (!name[0])
			continue;
		if (enter_child(view, dir, name, NULL, &child, err) < 0)
			return -1;
		if (child->fd < 0 && copy_up_dir(view, dir, child, name, err) < 0)
			return -1;
		dir = child;
	}
	*ret = dir;
	return 0;
}

/* Put a symlink's content before what remains of the way. */
static int follow_symlink(struct view *view, const struct view_dir *dir, const char *name,
			  const struct view_found *found, struct str *way, struct error *err)
{
	autofree char *path = view_path(dir, name);
	autostr struct str rest = STR_INIT;
	char target[PATH_MAX];
	ssize_t len = found->where == VIEW_TOP ? readlinkat(dir->fd, name, target, sizeof(target))
					       : readlinkat(view->lowers[found->lower], path,
							    target, sizeof(target));

	if (len < 0)
		return error_errno(err, "cannot read symlink '/%s'", path);
	if (view->links)
		strlist_append(view->links, path);
	str_append_bytes(&rest, target, (size_t)len);
	str_append_char(&rest, '/');
	str_append(&rest, way->data);
	str_release(way);
	*way = rest;
	rest = (struct str)STR_INIT;
	return way->len > 2 * VIEW_PATH_MAX ? set_errno(err, ENAMETOOLONG, path) : 0;
}

struct walk {
	struct view *view;
	enum view_want want;
	struct view_dir *dir; /* where we are */
	struct str way; /* what is still to go */
	unsigned int links; /* followed so far */
};

static int count_step(const struct walk *walk, struct error *err)
{
	if (walk->view->steps_left == 0) {
		errno = ELOOP;
		return error_errno(err, "symlinks lead a long way, time and again");
	}
	walk->view->steps_left--;
	return 0;
}

static int walk_up(struct walk *walk, struct error *err)
{
	const char *slash = strrchr(walk->dir->path, '/');
	size_t len = slash ? (size_t)(slash - walk->dir->path) : 0;
	autofree char *path = xstrndup(walk->dir->path, len);
	char *rest = path;
	char *name;

	walk->dir = view_find_near(walk->view, path, len, VIEW_NEAR_ANY);
	rest += strlen(walk->dir->path);
	while ((name = strsep(&rest, "/")))
		if (name[0] &&
		    (count_step(walk, err) < 0 ||
		     enter_child(walk->view, walk->dir, name, NULL, &walk->dir, err) < 0))
			return -1;
	return 0;
}

static int walk_down(struct walk *walk, const char *name, struct error *err)
{
	struct view *view = walk->view;
	autofree char *path = view_path(walk->dir, name);
	struct view_dir *known = view_find(view, path, strlen(path));
	struct view_found found;

	if (known) {
		walk->dir = known;
		return 0;
	}
	if (strlen(name) > VIEW_NAME_MAX || strlen(path) > VIEW_PATH_MAX)
		return set_errno(err, ENAMETOOLONG, path);
	if (view_lookup(view, walk->dir, name, &found, err) < 0)
		return -1;
	if (found.where == VIEW_NOWHERE && walk->want == VIEW_MAKE) {
		autofree char *parent = xstrdup(walk->dir->path);

		if (walk->dir->fd < 0 && copy_up_path(view, parent, &walk->dir, err) < 0)
			return -1;
		return make_implied(view, walk->dir, name, &walk->dir, err);
	}
	if (found.where == VIEW_NOWHERE || !S_ISLNK(found.stat.st_mode))
		return enter_child(view, walk->dir, name, &found, &walk->dir, err);
	if (walk->links++ == PATH_LINKS_MAX)
		return set_errno(err, ELOOP, path);
	if (follow_symlink(view, walk->dir, name, &found, &walk->way, err) < 0)
		return -1;
	if (walk->way.data[0] == '/')
		walk->dir = &view->dirs[0];
	return 0;
}

static int walk_way(struct walk *walk, struct error *err)
{
	while (walk->way.len) {
		size_t len = strcspn(walk->way.data, "/");
		autofree char *name = xstrndup(walk->way.data, len);
		size_t passed = len + (walk->way.data[len] == '/');
		int result = 0;

		if (count_step(walk, err) < 0)
			return -1;
		memmove(walk->way.data, walk->way.data + passed, walk->way.len - passed + 1);
		walk->way.len -= passed;
		if (strcmp(name, "..") == 0)
			result = walk_up(walk, err);
		else if (name[0] && strcmp(name, ".") != 0)
			result = walk_down(walk, name, err);
		if (result < 0)
			return -1;
	}
	return 0;
}

/* The last directory on the way that is known is where the walk begins. */
static int walk_path(struct walk *walk, const char *path, size_t len, struct error *err)
{
	size_t known_len;
	int result;

	walk->dir = view_find_near(walk->view, path, len, VIEW_NEAR_ANY);
	known_len = strlen(walk->dir->path);
	walk->view->steps_left += VIEW_STEPS_MAX + len;
	str_append_bytes(&walk->way, path + known_len, len - known_len);
	result = walk_way(walk, err);
	str_release(&walk->way);
	return result;
}

int view_dir(struct view *view, const char *path, size_t len, enum view_want want,
	     struct view_dir **ret, struct error *err)
{
	struct walk walk = { view, want, view_find(view, path, len), STR_INIT, 0 };

	if (!walk.dir && walk_path(&walk, path, len, err) < 0)
		return -1;
	if (walk.dir->fd < 0 && want == VIEW_MAKE) {
		autofree char *canonical = xstrdup(walk.dir->path);

		return copy_up_path(view, canonical, ret, err);
	}
	*ret = walk.dir;
	return 0;
}

void view_shadow(struct view *view, const struct view_dir *dir, const char *name)
{
	bool has_none = dir->knows_lowers && dir->n_lowers == 0;
	autofree char *path = has_none ? NULL : view_path(dir, name);

	if (path)
		view_forget_below(view, path);
}

int view_remove(struct view *view, struct view_dir *dir, const char *name, struct error *err)
{
	autofree char *path = NULL;

	dir->is_changed = true;
	if (unlinkat(dir->fd, name, 0) == 0)
		return 1;
	if (errno == ENOENT)
		return 0;
	if (errno != EISDIR)
		return error_errno(err, "cannot remove '%s'", name);
	path = view_path(dir, name);
	view_forget_below(view, path);
	return tree_remove_at(dir->fd, name, err) < 0 ? -1 : 1;
}

int view_set_opaque(struct view *view, struct view_dir *dir, struct error *err)
{
	autofree char *below = xasprintf("%s%s", dir->path, dir->path[0] ? "/" : "");
	size_t len = strlen(below);

	if (mark_set_opaque(dir->fd) < 0) {
		error_errno(err, "cannot mark '/%s' as opaque", dir->path);
		return error_hint(
			err,
			"use --driver copy, or a store on a filesystem with user extended attributes");
	}
	view_forget_lowers(view, dir);
	dir->knows_lowers = true;
	for (size_t i = 1; i < view->n_dirs; i++)
		if (view->dirs[i].path && strncmp(view->dirs[i].path, below, len) == 0 &&
		    view->dirs[i].path[len] && view_close_dir(view, &view->dirs[i], err) < 0)
			return -1;
	return 0;
}

int view_init_finished(struct view *view, int top, const int *lowers, size_t n_lowers,
		       struct error *err)
{
	struct view_dir *root = &view->dirs[0];
	struct stat st;

	view->top = top;
	view->lowers = lowers;
	view->n_lowers = n_lowers;
	view_cache_init(view);
	root->path = xstrdup("");
	root->hash = FNV_START;
	root->fd = openat(top, ".", DIR_FLAGS);
	if (root->fd < 0 || fstat(root->fd, &st) < 0)
		return error_errno(err, "cannot open the layer's directory");
	root->mode = st.st_mode;
	root->mtime = st.st_mtim;
	root->knows_lowers = true;
	root->lowers = n_lowers ? xcalloc(n_lowers, sizeof(root->lowers[0])) : NULL;
	for (size_t i = 0; i < n_lowers; i++) {
		root->lowers[root->n_lowers++] = (struct view_lower) { (uint16_t)i, -EBADF };
		if (mark_is_opaque(lowers[i]))
			break;
	}
	return 0;
}

int view_init(struct view *view, int top, const int *lowers, size_t n_lowers, struct error *err)
{
	struct view_dir *root = &view->dirs[0];
	struct stat st;

	if (view_init_finished(view, top, lowers, n_lowers, err) < 0)
		return -1;
	root->is_changed = true;
	if (n_lowers == 0)
		return 0;
	if (fstat(lowers[0], &st) < 0)
		return error_errno(err, "cannot stat the layer below");
	root->mode = st.st_mode;
	root->mtime = st.st_mtim;
	if (copy_metadata(&view_copy_rules, lowers[0], root->fd, &st, err) < 0)
		return -1;
	return view->carry_record ? view->carry_record(view->data, 0, "", err) : 0;
}

int view_finish(struct view *view, struct error *err)
{
	/* The order is free: setting the time of a directory does not change its parent's. */
	for (size_t i = 0; i < view->n_dirs; i++)
		if (view_close_dir(view, &view->dirs[i], err) < 0)
			return -1;
	return 0;
}

void view_release(struct view *view)
{
	for (size_t i = 0; i < view->n_dirs; i++)
		view_forget_dir(view, &view->dirs[i]);
}

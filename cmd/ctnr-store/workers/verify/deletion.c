/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/verify/deletion.h"

#include "base/alloc.h"
#include "layer/mark.h"
#include "system/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

/* Differences of a directory's mark hang on a name in it, so that an entry of the directory, which
 * says nothing of the mark, leaves them. */
static char *key_of_mark(const char *path)
{
	return xasprintf("%s/" NAME_WHITEOUT_PREFIX, path);
}

static void tell_of_mark(struct comparison *c, const char *path, const char *message)
{
	autofree char *key = key_of_mark(path);

	differences_forget_at(&c->differences, key);
	if (message)
		comparison_add_difference(c, DIFFERENCE_APART, path, key, message);
}

void deletion_compare_hidden(struct comparison *c, struct view_dir *dir)
{
	bool is_hidden = dir->fd >= 0 && mark_is_opaque(dir->fd);

	differences_forget_targets(&c->differences, dir->path, &c->own);
	if (!is_hidden && view_know_lowers(&c->view, dir, NULL) == 0)
		is_hidden = dir->n_lowers == 0;
	tell_of_mark(c, dir->path,
		     is_hidden ? NULL : "is not opaque, though the layer deletes what is below");
}

void deletion_tell_opaque(struct comparison *c, const char *path)
{
	tell_of_mark(c, path, "is opaque, though the layer deletes nothing there");
}

/* A directory by its name on top. */
static void compare_hidden_child(struct comparison *c, struct view_dir *dir, const char *name)
{
	struct view_dir *child;

	if (view_child(&c->view, dir, name, &child, NULL) == 0)
		deletion_compare_hidden(c, child);
}

static int note_deletion(struct comparison *c, const char *path, struct error *err)
{
	return path_set_add(&c->made, path, err) < 0 ||
			       path_set_add_alone(&c->replaced, path, err) < 0
		       ? -1
		       : 0;
}

/* A name of something that the layer did not make. */
static void compare_mark(struct comparison *c, struct view_dir *dir, const char *name,
			 const char *path)
{
	struct stat st;

	if (dir->fd < 0 || fstatat(dir->fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		comparison_add_difference(c, DIFFERENCE_OF_DELETION, path, path, "is not deleted");
		return;
	}
	if (mark_is_whiteout(&st))
		return;
	/* Unless an entry follows that makes it. */
	comparison_add_difference(c, DIFFERENCE_OF_DELETION, path, path,
				  "is there, though the layer deletes it");
	if (S_ISDIR(st.st_mode))
		compare_hidden_child(c, dir, name);
}

static int compare_deleted(struct comparison *c, struct view_dir *dir, const char *name,
			   struct error *err)
{
	autofree char *path = view_path(dir, name);
	struct stat st;

	if (view_know_lowers(&c->view, dir, err) < 0)
		return -1;
	if (dir->n_lowers == 0)
		return 0;
	if (!path_set_has(&c->own, path)) {
		comparison_note_way(c, path);
		/* Ways that led through it lead nowhere any more. */
		differences_forget_through(&c->differences, path);
		compare_mark(c, dir, name, path);
	} else if (dir->fd >= 0 && fstatat(dir->fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		   S_ISDIR(st.st_mode)) {
		compare_hidden_child(c, dir, name);
	}
	return note_deletion(c, path, err);
}

/* Each name of the layers below, once. */
static int compare_hidden_root(struct comparison *c, struct view_dir *root, struct error *err)
{
	if (c->is_root_hidden)
		return 0;
	c->is_root_hidden = true;
	for (size_t i = 0; i < root->n_lowers; i++) {
		autostrlist struct strlist names = STRLIST_INIT;

		if (dir_list_at(c->lowers[root->lowers[i].layer], ".", &names, err) < 0)
			return -1;
		for (size_t j = 0; j < names.len; j++)
			if (compare_deleted(c, root, names.items[j], err) < 0)
				return -1;
	}
	return 0;
}

/* The directory of a deletion; NULL: there is none, so that nothing is to be deleted there. */
static struct view_dir *find_directory(struct comparison *c, const struct name_parts *name)
{
	struct view_dir *dir;

	return c->n_lowers && view_dir(&c->view, name->path, name->parent_len, VIEW_LOOK, &dir,
				       NULL) == 0
		       ? dir
		       : NULL;
}

int deletion_compare(struct comparison *c, const struct name_parts *name, struct error *err)
{
	struct view_dir *dir = find_directory(c, name);

	return dir ? compare_deleted(c, dir, name->last + strlen(NAME_WHITEOUT_PREFIX), err) : 0;
}

int deletion_compare_opaque(struct comparison *c, const struct name_parts *name, struct error *err)
{
	struct view_dir *dir = find_directory(c, name);

	if (!dir)
		return 0;
	if (!dir->path[0])
		return compare_hidden_root(c, dir, err);
	if (note_deletion(c, dir->path, err) < 0)
		return -1;
	deletion_compare_hidden(c, dir);
	return 0;
}

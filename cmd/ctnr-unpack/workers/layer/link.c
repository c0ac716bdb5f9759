/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/layer/link.h"

#include "base/alloc.h"
#include "layer/copy.h"
#include "system/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct link_target {
	struct str path; /* canonical */
	int dirfd; /* on top, owned */
	const char *name; /* in path */
	struct stat stat;
};

static void link_target_release(struct link_target *target)
{
	str_release(&target->path);
	fd_close(&target->dirfd);
}
#define autolinktarget autocleanup(link_target_release)

/* Have the target on top, copied up when it is in a layer below. dir_path and name: where it was
 * found. *ret: its directory on top. */
static int copy_target_up(struct layer *layer, const struct view_found *found, const char *dir_path,
			  const char *name, struct view_dir **ret, struct error *err)
{
	struct view *view = &layer->view;
	autofree char *path = NULL;

	if (view_dir(view, dir_path, strlen(dir_path), VIEW_MAKE, ret, err) < 0)
		return -1;
	if (found->where == VIEW_TOP)
		return 0;
	path = view_path(*ret, name);
	(*ret)->is_changed = true;
	if (copy_object(&view_copy_rules, view->lowers[found->lower], path, &found->stat,
			(*ret)->fd, name, err) < 0)
		return error_prefix(err, "copy of '/%s' from the layer below", path);
	return view->carry_record(view->data, found->lower, path, err);
}

static int find_link_target(struct layer *layer, const char *link, struct link_target *ret,
			    struct error *err)
{
	autostr struct str clean = STR_INIT;
	autofree char *dir_path = NULL;
	struct view_found found;
	struct view_dir *dir;
	struct name_parts name;

	if (name_clean(link, &clean, err) < 0)
		return -1;
	if (!clean.len)
		return error_set(err, ERROR_FAILED, "it is the root directory");
	name = name_split(clean.data);
	if (view_dir(&layer->view, clean.data, name.parent_len, VIEW_LOOK, &dir, err) < 0 ||
	    view_lookup(&layer->view, dir, name.last, &found, err) < 0)
		return -1;
	if (found.where == VIEW_NOWHERE)
		return error_set(err, ERROR_FAILED, "it does not exist");
	if (S_ISDIR(found.stat.st_mode))
		return error_set(err, ERROR_FAILED, "it is a directory");
	dir_path = xstrdup(dir->path);
	if (copy_target_up(layer, &found, dir_path, name.last, &dir, err) < 0)
		return -1;
	str_appendf(&ret->path, "%s%s%s", dir->path, dir->path[0] ? "/" : "", name.last);
	ret->name = ret->path.data + ret->path.len - strlen(name.last);
	ret->stat = found.stat;
	ret->dirfd = fcntl(dir->fd, F_DUPFD_CLOEXEC, 3);
	return ret->dirfd < 0 ? error_errno(err, "cannot duplicate a descriptor") : 0;
}

/* What the file of owners says of the target, if anything, is true of the new name too. */
static int copy_target_record(struct layer *layer, const struct link_target *target,
			      const char *path, struct error *err)
{
	struct owners_record record;
	int found;

	bool may_have_record =
		!S_ISREG(target->stat.st_mode) || !target->stat.st_size || layer->owners.is_for_all;

	if (!layer->owners.has_records || !may_have_record)
		return 0;
	found = owners_writer_find(&layer->owners, target->path.data, &record, err);
	return found > 0 ? owners_writer_add(&layer->owners, &record, path, err) : found;
}

/* A filesystem without hard links gets another file of the same content, owner and time. */
static int copy_target(const struct layer *layer, const struct link_target *target,
		       const struct view_dir *dir, const char *name, struct error *err)
{
	struct copy_rules rules = view_copy_rules;

	if (layer->form == LAYER_PLAIN)
		rules.route = XATTR_PLAIN_TO_PLAIN;
	return copy_object(&rules, target->dirfd, target->name, &target->stat, dir->fd, name, err) <
			       0
		       ? -1
		       : 0;
}

int link_make(struct layer *layer, const struct name_parts *name, const struct tar_entry *entry,
	      struct error *err)
{
	autolinktarget struct link_target target = { STR_INIT, -EBADF, NULL, { 0 } };
	autofree char *full = NULL;
	struct view_dir *dir;
	int result;

	if (find_link_target(layer, entry->link, &target, err) < 0)
		return error_prefix(err, "hardlink to '%s'", entry->link);
	if (view_dir(&layer->view, name->path, name->parent_len, VIEW_MAKE, &dir, err) < 0)
		return -1;
	full = view_path(dir, name->last);
	/* It is there, and so is the name: nothing to do, as for GNU tar. */
	if (strcmp(full, target.path.data) == 0)
		return 0;
	result = linkat(target.dirfd, target.name, dir->fd, name->last, 0);
	if (result < 0 && errno == EEXIST) {
		if (view_remove(&layer->view, dir, name->last, err) < 0)
			return -1;
		result = linkat(target.dirfd, target.name, dir->fd, name->last, 0);
	}
	if (result < 0 && copy_replaces_link(errno))
		result = copy_target(layer, &target, dir, name->last, err);
	else if (result < 0)
		error_errno(err, "cannot link");
	if (result < 0)
		return error_prefix(err, "hardlink to '%s'", entry->link);
	dir->is_changed = true;
	view_shadow(&layer->view, dir, name->last);
	if (!layer->is_base && path_set_add(&layer->own_paths, full, err) < 0)
		return -1;
	return copy_target_record(layer, &target, full, err);
}

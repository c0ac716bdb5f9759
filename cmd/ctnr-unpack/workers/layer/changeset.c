/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/layer/changeset.h"

#include "workers/layer/entry.h"
#include "workers/layer/link.h"
#include "workers/layer/whiteout.h"

#include "base/alloc.h"
#include "layer/name.h"

#include <errno.h>
#include <string.h>

#define TICK_ENTRIES 64 /* entries between two ticks */

const struct confine_profile changeset_profile = {
	.may = CONFINE_READ | CONFINE_WRITE | CONFINE_CHANGE_METADATA | CONFINE_MAKE_THREADS,
};

static int add_object(struct layer *layer, struct view_dir *dir, const char *name,
		      const struct tar_entry *entry, struct tar_reader *tar, struct error *err)
{
	autofree char *path = view_path(dir, name);
	const struct place place = { dir, name, path };

	if (strlen(path) > VIEW_PATH_MAX)
		return error_set(err, ERROR_FAILED, "the path has more than %d bytes",
				 VIEW_PATH_MAX);
	if (entry_make(layer, &place, entry, tar, err) < 0)
		return -1;
	return layer->is_base ? 0 : path_set_add(&layer->own_paths, path, err);
}

/* Where there is no directory there is nothing to hide: umoci also writes deletions of what was below
 * something that is deleted itself. */
static int add_whiteout(struct layer *layer, enum name_kind kind, const struct name_parts *name,
			struct error *err)
{
	struct view *view = &layer->view;
	struct error absent = { 0 };
	struct view_dir *dir;

	if (view_dir(view, name->path, name->parent_len, VIEW_LOOK, &dir, &absent) < 0)
		return error_errno_is(&absent, ENOENT) || error_errno_is(&absent, ENOTDIR)
			       ? 0
			       : error_move(err, &absent);
	if (view_dir(view, name->path, name->parent_len, VIEW_MAKE, &dir, err) < 0)
		return -1;
	if (kind == NAME_OPAQUE)
		return whiteout_apply_opaque(layer, dir, err);
	return whiteout_apply(layer, dir, name->last + strlen(NAME_WHITEOUT_PREFIX), err);
}

static int add_by_kind(struct layer *layer, enum name_kind kind, const struct name_parts *name,
		       const struct tar_entry *entry, struct tar_reader *tar, struct error *err)
{
	struct view_dir *dir;

	if (kind != NAME_ORDINARY)
		return add_whiteout(layer, kind, name, err);
	if (entry->type == TAR_HARDLINK)
		return link_make(layer, name, entry, err);
	if (view_dir(&layer->view, name->path, name->parent_len, VIEW_MAKE, &dir, err) < 0)
		return -1;
	return add_object(layer, dir, name->last, entry, tar, err);
}

static int add_entry(struct layer *layer, const struct tar_entry *entry, struct tar_reader *tar,
		     struct str *path, struct error *err)
{
	const struct owner owner = { entry->uid, entry->gid };
	enum name_kind kind = NAME_ORDINARY;
	struct name_parts name;

	if (name_clean(entry->path, path, err) < 0)
		return -1;
	name = name_split(path->data);
	if (path->len)
		kind = name_classify(&name);
	if (kind == NAME_AUFS)
		return 0;
	if (kind == NAME_INVALID)
		return error_set(err, ERROR_FAILED, "not a valid whiteout");
	if (kind == NAME_ORDINARY && owner_check(layer->owners.identity, owner, err) < 0)
		return -1;
	if (path->len == 0)
		return entry_set_root(layer, entry, err);
	return add_by_kind(layer, kind, &name, entry, tar, err);
}

static int count_entry(struct changeset_totals *totals, const struct tar_entry *entry,
		       struct error *err)
{
	if (totals->n_entries++ == CHANGESETS_ENTRIES_MAX)
		return error_set(err, ERROR_FAILED, "the image's layers have more than %u entries",
				 CHANGESETS_ENTRIES_MAX);
	for (size_t i = 0; i < entry->n_xattrs; i++)
		totals->xattr_bytes += strlen(entry->xattrs[i].name) + entry->xattrs[i].len;
	if (totals->xattr_bytes > CHANGESETS_XATTRS_MAX)
		return error_set(
			err, ERROR_FAILED,
			"the extended attributes of the image's layers have more than %u bytes",
			CHANGESETS_XATTRS_MAX);
	return 0;
}

int changeset_apply(struct layer *layer, struct tar_reader *tar, struct changeset_totals *totals,
		    void (*tick)(void *data), void *data, struct error *err)
{
	autostr struct str path = STR_INIT;
	const struct tar_entry *entry;
	uint32_t n_entries = 0;
	int more;

	while ((more = tar_next(tar, &entry, err)) > 0) {
		if (n_entries++ == CHANGESET_ENTRIES_MAX)
			return error_set(err, ERROR_FAILED, "more than %u entries",
					 CHANGESET_ENTRIES_MAX);
		if (count_entry(totals, entry, err) < 0)
			return -1;
		/* A long name leaves room for what is wrong with it. */
		if (add_entry(layer, entry, tar, &path, err) < 0)
			return error_prefix(err, "'%.300s'", entry->path);
		if (tick && n_entries % TICK_ENTRIES == 0)
			tick(data);
	}
	if (more < 0)
		return -1;
	if (view_finish(&layer->view, err) < 0)
		return -1;
	return owners_writer_flush(&layer->owners, err);
}

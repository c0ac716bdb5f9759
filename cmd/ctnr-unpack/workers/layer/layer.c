/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/layer/layer.h"

#include "base/alloc.h"
#include "system/fd.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TICK_ENTRIES 64 /* entries between two ticks */

/* The layer below kept the ownership of this path in its file; so do we. */
static int carry_owner(void *data, size_t lower, const char *path, struct error *err)
{
	struct layer *layer = data;
	autoclose int fd = openat(layer->view.lowers[lower], "../" OWNERS_FILE,
				  O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return errno == ENOENT ? 0 : error_errno(err, "cannot open '%s'", OWNERS_FILE);
	return owner_carry(&layer->owners, fd, path, path, err) < 0 ? -1 : 0;
}

/* In plain form the layers before this one may have written records too. */
static bool has_records(int owners_fd)
{
	struct stat st;

	return fstat(owners_fd, &st) == 0 && st.st_size > 0;
}

int layer_init(struct layer *layer, enum layer_form form, const struct identity *identity, int top,
	       const int *lowers, size_t n_lowers, int owners_fd, struct error *err)
{
	*layer = (struct layer) {
		.form = form,
		.can_make_devices = identity->real_root,
		.owners = { identity, owners_fd, STR_INIT, has_records(owners_fd) },
		.xattrs = { .overlay = form == LAYER_PLAIN ? XATTR_OVERLAY_KEEP
							   : xattr_overlay_choose(),
			    .is_single = identity_has_one_id(identity) },
		.view = { .carry_owner = carry_owner },
	};
	layer->view.data = layer;
	return view_init(&layer->view, top, lowers, n_lowers, err);
}

void layer_release(struct layer *layer)
{
	view_release(&layer->view);
	made_release(&layer->made);
	str_release(&layer->owners.buffer);
}

int layer_clean_path(const char *path, struct str *ret, struct error *err)
{
	str_clear(ret);
	while (*path) {
		size_t len = strcspn(path, "/");

		if (len == 2 && memcmp(path, "..", 2) == 0)
			return error_set(err, ERROR_FAILED, "a name with '..' leads outside");
		if (len > VIEW_NAME_MAX)
			return error_set(err, ERROR_FAILED,
					 "a name's component has %zu bytes, more than %d", len,
					 VIEW_NAME_MAX);
		if (len && !(len == 1 && *path == '.')) {
			if (ret->len)
				str_append_char(ret, '/');
			str_append_bytes(ret, path, len);
		}
		path += len + (path[len] == '/');
	}
	if (ret->len > VIEW_PATH_MAX)
		return error_set(err, ERROR_FAILED, "a name has %zu bytes, more than %d", ret->len,
				 VIEW_PATH_MAX);
	return 0;
}

/* What begins with ".wh." is a deletion and never the name of something; what is below such a name
 * has no meaning. aufs kept files of its own under ".wh..wh.", which old images still have. */
enum name_kind {
	NAME_ORDINARY,
	NAME_WHITEOUT,
	NAME_AUFS,
	NAME_INVALID,
};

static enum name_kind classify(const char *path, const char *name)
{
	if (str_starts_with(path, WHITEOUT_META_PREFIX) && strcmp(path, WHITEOUT_OPAQUE) != 0)
		return NAME_AUFS;
	for (const char *at = strstr(path, WHITEOUT_PREFIX); at && at < name;
	     at = strstr(at + 1, WHITEOUT_PREFIX))
		if (at == path || at[-1] == '/')
			return NAME_INVALID;
	if (!str_starts_with(name, WHITEOUT_PREFIX))
		return NAME_ORDINARY;
	if (str_starts_with(name, WHITEOUT_META_PREFIX) && strcmp(name, WHITEOUT_OPAQUE) != 0)
		return NAME_AUFS;
	name += strlen(WHITEOUT_PREFIX);
	return !*name || strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ? NAME_INVALID
									   : NAME_WHITEOUT;
}

static int add_ordinary(struct layer *layer, struct view_dir *dir, const char *name,
			const struct tar_entry *entry, struct tar_reader *tar, struct error *err)
{
	autofree char *path = view_path(dir, name);
	const struct place place = { dir, name, path };

	if (strlen(path) > VIEW_PATH_MAX)
		return error_set(err, ERROR_FAILED, "the path has more than %d bytes",
				 VIEW_PATH_MAX);
	if (entry_make(layer, &place, entry, tar, err) < 0)
		return -1;
	if (!layer->is_base)
		made_add(&layer->made, path);
	return 0;
}

static int add(struct layer *layer, const struct tar_entry *entry, struct tar_reader *tar,
	       struct str *path, struct error *err)
{
	const struct owner owner = { entry->uid, entry->gid };
	const char *slash;
	const char *name;
	size_t parent_len;
	struct view_dir *dir;
	enum name_kind kind;

	if (layer_clean_path(entry->path, path, err) < 0)
		return -1;
	slash = strrchr(path->data, '/');
	parent_len = slash ? (size_t)(slash - path->data) : 0;
	name = slash ? slash + 1 : path->data;
	kind = path->len ? classify(path->data, name) : NAME_ORDINARY;
	if (kind == NAME_AUFS)
		return 0;
	if (kind == NAME_INVALID)
		return error_set(err, ERROR_FAILED, "not a valid whiteout");
	if (kind == NAME_ORDINARY && owner_check(&layer->owners, owner, err) < 0)
		return -1;
	if (path->len == 0)
		return entry_set_root(layer, entry, err);
	if (kind == NAME_ORDINARY && entry->type == TAR_HARDLINK)
		return link_make(layer, path->data, parent_len, name, entry, err);
	if (view_dir(&layer->view, path->data, parent_len, VIEW_MAKE, &dir, err) < 0)
		return -1;
	if (kind == NAME_ORDINARY)
		return add_ordinary(layer, dir, name, entry, tar, err);
	return whiteout_apply(
		layer, dir,
		strcmp(name, WHITEOUT_OPAQUE) == 0 ? NULL : name + strlen(WHITEOUT_PREFIX), err);
}

int layer_apply(struct layer *layer, struct tar_reader *tar, void (*tick)(void *data), void *data,
		struct error *err)
{
	autostr struct str path = STR_INIT;
	const struct tar_entry *entry;
	int more;

	while ((more = tar_next(tar, &entry, err)) > 0) {
		if (layer->n_entries++ == LAYER_ENTRIES_MAX)
			return error_set(err, ERROR_FAILED, "more than %u entries",
					 LAYER_ENTRIES_MAX);
		/* A long name leaves room for what is wrong with it. */
		if (add(layer, entry, tar, &path, err) < 0)
			return error_prefix(err, "'%.300s'", entry->path);
		if (tick && layer->n_entries % TICK_ENTRIES == 0)
			tick(data);
	}
	if (more < 0)
		return -1;
	if (view_finish(&layer->view, err) < 0)
		return -1;
	return owners_flush(&layer->owners, err);
}

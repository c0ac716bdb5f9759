/* SPDX-License-Identifier: Apache-2.0 */
#include "store/leftover.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/str.h"
#include "oci/blob_part.h"
#include "store/bundle.h"
#include "store/bundle_lock.h"
#include "store/ephemeral.h"
#include "store/trash.h"
#include "store/volume_file.h"
#include "system/fd.h"
#include "system/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *const leftover_kind_names[] = { "trash", "bundle", "rootfs", "layer",
					    "blob",  "volume", "file",   NULL };

struct leftover_search {
	const struct store *store;
	int (*each)(const struct leftover *leftover, void *data, struct error *err);
	void *data;
	struct process_scope scope;
};

/* Looks at what has that name in a folder of the store. < 0 to stop. */
typedef int leftover_visitor(struct leftover_search *search, const char *folder, const char *name,
			     struct error *err);

static int report_leftover(const struct leftover_search *search, enum leftover_kind kind,
			   const char *folder, const char *name, bool in_use, struct error *err)
{
	autofree char *path = xasprintf("%s/%s", folder, name);
	const struct leftover leftover = { kind, path, in_use };

	return search->each(&leftover, search->data, err);
}

/* Call visit for all names in the folders that are depth levels below a folder. A folder of ours does not
 * begin with a dot. */
static int visit_folder(struct leftover_search *search, const char *folder, unsigned depth,
			leftover_visitor *visit, struct error *err)
{
	autostrlist struct strlist names = STRLIST_INIT;

	dir_list_at(search->store->dirfd, folder, &names, NULL);
	strlist_sort(&names);
	for (size_t i = 0; i < names.len; i++) {
		autofree char *inner = NULL;

		if (depth == 0) {
			if (visit(search, folder, names.items[i], err) < 0)
				return -1;
			continue;
		}
		inner = xasprintf("%s/%s", folder, names.items[i]);
		if (names.items[i][0] != '.' &&
		    visit_folder(search, inner, depth - 1, visit, err) < 0)
			return -1;
	}
	return 0;
}

static bool is_locked_in(const struct leftover_search *search, const char *folder, const char *name)
{
	autofree char *path = xasprintf("%s/%s", folder, name);

	return lock_is_held_at(search->store->dirfd, path);
}

/* Behind a link trash/ is not the store's: all that has no mark of a living process is deleted there. */
static bool is_link(const struct store *store, const char *path)
{
	struct stat st;

	return fstatat(store->dirfd, path, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode);
}

static int visit_trash(struct leftover_search *search, const char *folder, const char *name,
		       struct error *err)
{
	if (is_link(search->store, folder))
		return 0;
	return report_leftover(search, LEFTOVER_TRASH, folder, name,
			       !trash_is_abandoned(name, &search->scope), err);
}

/* A part that is locked by its maker. */
static int visit_part(struct leftover_search *search, enum leftover_kind kind, const char *folder,
		      const char *name, struct error *err)
{
	if (!str_ends_with(name, FILE_PART_SUFFIX))
		return 0;
	return report_leftover(search, kind, folder, name, is_locked_in(search, folder, name), err);
}

static int visit_blob(struct leftover_search *search, const char *folder, const char *name,
		      struct error *err)
{
	return visit_part(search, LEFTOVER_BLOB, folder, name, err);
}

static int visit_layer(struct leftover_search *search, const char *folder, const char *name,
		       struct error *err)
{
	return visit_part(search, LEFTOVER_LAYER, folder, name, err);
}

bool leftover_file_is_old(int dirfd, const char *path)
{
	struct stat st;

	/* The time of the last change, which no program can set to something else. */
	return fstatat(dirfd, path, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       clock_wall_ns() / CLOCK_NS - st.st_ctim.tv_sec > LEFTOVER_FILE_AGE;
}

static int report_file(const struct leftover_search *search, const char *folder, const char *name,
		       struct error *err)
{
	autofree char *path = xasprintf("%s/%s", folder, name);

	return report_leftover(search, LEFTOVER_FILE, folder, name,
			       !leftover_file_is_old(search->store->dirfd, path), err);
}

static int visit_file(struct leftover_search *search, const char *folder, const char *name,
		      struct error *err)
{
	return file_is_part(name) ? report_file(search, folder, name, err) : 0;
}

/* Writers of a layout's files hold a lock, so that their parts have no random digits. */
static int visit_layout_file(struct leftover_search *search, const char *folder, const char *name,
			     struct error *err)
{
	return str_ends_with(name, FILE_PART_SUFFIX) ? report_file(search, folder, name, err) : 0;
}

/* The entry in the making of a bundle for one run. */
static int visit_owner(struct leftover_search *search, const char *folder, const char *name,
		       struct error *err)
{
	return name[0] == '.' ? report_file(search, folder, name, err) : 0;
}

/* What a killed maker of a volume has left, whose lock is there then. */
static int visit_volume_file(struct leftover_search *search, const char *folder, const char *name,
			     struct error *err)
{
	enum volume_file file;
	autofree char *volume = volume_file_parse(name, &file);
	autofree char *lock = volume ? volume_file_name(VOLUME_FILE_LOCK, volume) : NULL;
	autofree char *lock_path = lock ? xasprintf("%s/%s", folder, lock) : NULL;
	struct stat st;

	if (!lock_path || fstatat(search->store->dirfd, lock_path, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
	    !S_ISREG(st.st_mode))
		return 0;
	if (file == VOLUME_FILE_OWNERS) {
		autofree char *path = xasprintf("%s/%s", folder, volume);

		if (fstatat(search->store->dirfd, path, &st, AT_SYMLINK_NOFOLLOW) == 0)
			return 0;
	}
	return report_leftover(search, LEFTOVER_VOLUME, folder, name,
			       lock_is_held_at(search->store->dirfd, lock_path), err);
}

/* Was the bundle made for one run, by a process that is gone? *ret_in_use: its container runs. */
static bool is_orphan(struct leftover_search *search, const char *id, bool *ret_in_use)
{
	autobundle struct bundle bundle = BUNDLE_INIT;
	char mark[PROCESS_MARK_MAX];

	if (!*ephemeral_owner(search->store, id, mark) ||
	    process_mark_fate(mark, &search->scope, NULL) != PROCESS_GONE)
		return false;
	*ret_in_use = bundle_open_damaged(search->store, id, &bundle, NULL) < 0 ||
		      bundle_container_status(&bundle) != STATE_STOPPED;
	return true;
}

/* In a bundle's directory. */
static int visit_bundle_file(struct leftover_search *search, const char *folder, const char *name,
			     struct error *err)
{
	if (strcmp(name, BUNDLE_ROOTFS_PART) == 0)
		return report_leftover(search, LEFTOVER_ROOTFS, folder, name,
				       lock_is_held_at(search->store->dirfd, folder), err);
	return visit_file(search, folder, name, err);
}

/* A link in bundles/ that another user has put there does not lead to a bundle of ours. */
static bool is_our_bundle(const struct leftover_search *search, const char *path)
{
	struct stat st;

	return fstatat(search->store->dirfd, path, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       (S_ISDIR(st.st_mode) || (S_ISLNK(st.st_mode) && st.st_uid == geteuid()));
}

static int visit_bundle(struct leftover_search *search, const char *folder, const char *name,
			struct error *err)
{
	autofree char *path = xasprintf("%s/%s", folder, name);
	autofree char *etc = xasprintf("%s/etc", path);
	autofree char *volumes = xasprintf("%s/volumes", path);
	bool in_use;

	if (!bundle_id_is_valid(name) || !is_our_bundle(search, path))
		return 0;
	if (is_orphan(search, name, &in_use))
		return report_leftover(search, LEFTOVER_BUNDLE, folder, name, in_use, err);
	if (visit_folder(search, path, 0, visit_bundle_file, err) < 0 ||
	    visit_folder(search, etc, 0, visit_file, err) < 0)
		return -1;
	return visit_folder(search, volumes, 0, visit_volume_file, err);
}

static const struct {
	const char *folder;
	unsigned depth; /* of the folders below it that are searched */
	leftover_visitor *visit;
} places[] = {
	{ "trash", 0, visit_trash },         { "images", 0, visit_layout_file },
	{ "images/blobs", 1, visit_blob },   { "layers", 2, visit_layer },
	{ "bundles", 0, visit_bundle },      { "bundles/.ephemeral", 0, visit_owner },
	{ "volumes", 0, visit_volume_file }, { "cache", 0, visit_file },
	{ "cache/refs", 0, visit_file },     { "cache/chains", 1, visit_file },
	{ "cache/seccomp", 0, visit_file },
};

bool leftover_is_wanted(const struct store *store, const struct leftover *leftover, int64_t cutoff)
{
	struct stat st;

	return leftover->kind == LEFTOVER_BLOB &&
	       !blob_part_is_new(strrchr(leftover->path, '/') + 1) &&
	       fstatat(store->dirfd, leftover->path, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       st.st_mtim.tv_sec * CLOCK_NS + st.st_mtim.tv_nsec > cutoff;
}

int leftovers_each_in_layout(const struct store *layout,
			     int (*each)(const struct leftover *leftover, void *data,
					 struct error *err),
			     void *data, struct error *err)
{
	struct leftover_search search = { .store = layout, .each = each, .data = data };

	return visit_folder(&search, "blobs", 1, visit_blob, err);
}

int leftovers_each(const struct store *store,
		   int (*each)(const struct leftover *leftover, void *data, struct error *err),
		   void *data, struct error *err)
{
	struct leftover_search search = { .store = store, .each = each, .data = data };

	for (size_t i = 0; i < array_size(places); i++)
		if (visit_folder(&search, places[i].folder, places[i].depth, places[i].visit, err) <
		    0)
			return -1;
	return 0;
}

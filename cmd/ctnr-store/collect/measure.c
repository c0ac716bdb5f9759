/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/measure.h"

#include "collect/inventory.h"

#include "base/alloc.h"
#include "store/bundle_stack.h"
#include "store/layer.h"
#include "system/fd.h"
#include "system/tree_usage.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

/* Open the directory that a path's last component is in, and name that. */
static int open_parent(const struct store *store, const char *path, const char **ret_name)
{
	const char *slash = strrchr(path, '/');
	autofree char *parent = slash ? xstrndup(path, (size_t)(slash - path)) : xstrdup(".");

	*ret_name = slash ? slash + 1 : path;
	return dir_open_at(store->dirfd, parent, NULL);
}

uint64_t measure_path(const struct store *store, const char *path, struct inode_set *seen)
{
	const char *name;
	autoclose int parent = open_parent(store, path, &name);
	uint64_t bytes = 0;

	if (parent >= 0)
		tree_usage_add(parent, name, seen, &bytes, NULL);
	return bytes;
}

uint64_t measure_layer(const struct store *store, const char *path, struct inode_set *seen)
{
	const char *name;
	autoclose int parent = open_parent(store, path, &name);
	uint64_t bytes;

	if (parent >= 0 && layer_size_read(parent, name, seen, &bytes))
		return bytes;
	return measure_path(store, path, seen);
}

/* The links of layers that have another name, LAYER_LINK, are not the bundle's alone. */
static void pass_over_links(const struct store *store, const char *id, struct inode_set *seen)
{
	autofree char *path = xasprintf("bundles/%s", id);
	autoclose int bundle = dir_open_at(store->dirfd, path, NULL);
	autoclose int lower = bundle >= 0 ? bundle_stack_open_lower(bundle, NULL) : -EBADF;
	char name[BUNDLE_STACK_NAME_MAX];
	struct stat st;

	for (size_t i = 0; lower >= 0 && bundle_stack_layer(lower, i, name, &st, NULL) > 0; i++)
		if (fstatat(lower, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && st.st_nlink > 1)
			inode_set_add(seen, st.st_dev, st.st_ino);
}

uint64_t measure_bundle(const struct store *store, const char *id)
{
	autofree char *path = xasprintf("bundles/%s", id);
	autoinodeset struct inode_set seen = INODE_SET_INIT;

	pass_over_links(store, id, &seen);
	return measure_path(store, path, &seen);
}

uint64_t measure_leftover(const struct store *store, const struct leftover *leftover,
			  struct inode_set *seen)
{
	return leftover->kind == LEFTOVER_BUNDLE
		       ? measure_bundle(store, strrchr(leftover->path, '/') + 1)
		       : measure_path(store, leftover->path, seen);
}

struct store_measure {
	const struct store *store;
	struct inode_set seen;
	uint64_t bytes;
};

static int add_layer(const struct inventory_layer *layer, void *data, struct error *err)
{
	struct store_measure *measure = data;
	autofree char *path = xasprintf("%s%s", layer->path, layer->is_aside ? ASIDE_SUFFIX : "");

	(void)err;
	measure->bytes += measure_layer(measure->store, path, &measure->seen);
	return 0;
}

uint64_t measure_store(const struct store *store)
{
	struct store_measure measure = { store, INODE_SET_INIT, 0 };
	autostrlist struct strlist names = STRLIST_INIT;

	dir_list_at(store->dirfd, ".", &names, NULL);
	for (size_t i = 0; i < names.len; i++)
		if (strcmp(names.items[i], "layers") != 0)
			measure.bytes += measure_path(store, names.items[i], &measure.seen);
	inventory_each_layer(store, add_layer, &measure, NULL);
	inode_set_release(&measure.seen);
	return measure.bytes;
}

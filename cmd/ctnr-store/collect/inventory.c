/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/inventory.h"

#include "base/alloc.h"
#include "base/str.h"
#include "store/layer.h"
#include "system/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

/* Append the names in a directory. One that is not there has none. */
static int list_names(int dirfd, const char *path, struct strlist *ret, struct error *err)
{
	struct error cause = { 0 };

	if (dir_list_at(dirfd, path, ret, &cause) == 0 || cause.saved_errno == ENOENT ||
	    cause.saved_errno == ENOTDIR)
		return 0;
	error_move(err, &cause);
	return error_prefix(err, "'%s'", path);
}

/* Read "HEX" or "HEX.aside" in a folder of an algorithm. False: neither of both. */
static bool parse_name(enum digest_algorithm algorithm, const char *name, struct digest *ret,
		       bool *ret_aside)
{
	size_t len = strcspn(name, ".");
	autofree char *text =
		xasprintf("%s:%.*s", digest_algorithm_name(algorithm), (int)len, name);

	*ret_aside = strcmp(name + len, ASIDE_SUFFIX) == 0;
	return (!name[len] || *ret_aside) && digest_parse(text, ret, NULL) == 0;
}

int inventory_each_blob(const struct layout *layout,
			int (*each)(const struct inventory_blob *blob, void *data,
				    struct error *err),
			void *data, struct error *err)
{
	for (enum digest_algorithm a = 0; a < DIGEST_ALGORITHM_MAX; a++) {
		autofree char *folder = xasprintf("blobs/%s", digest_algorithm_name(a));
		autostrlist struct strlist names = STRLIST_INIT;

		if (list_names(layout->dirfd, folder, &names, err) < 0)
			return -1;
		for (size_t i = 0; i < names.len; i++) {
			autofree char *path = xasprintf("%s/%s", folder, names.items[i]);
			struct inventory_blob blob;

			if (parse_name(a, names.items[i], &blob.digest, &blob.is_aside) &&
			    fstatat(layout->dirfd, path, &blob.stat, AT_SYMLINK_NOFOLLOW) == 0 &&
			    each(&blob, data, err) < 0)
				return -1;
		}
	}
	return 0;
}

/* The layers of one ID mapping and algorithm. */
static int each_layer_in(const struct store *store, const char *idmap,
			 enum digest_algorithm algorithm,
			 int (*each)(const struct inventory_layer *layer, void *data,
				     struct error *err),
			 void *data, struct error *err)
{
	autofree char *folder = xasprintf("layers/%s/%s", idmap, digest_algorithm_name(algorithm));
	autostrlist struct strlist names = STRLIST_INIT;

	if (list_names(store->dirfd, folder, &names, err) < 0)
		return -1;
	for (size_t i = 0; i < names.len; i++) {
		autofree char *there = xasprintf("%s/%s", folder, names.items[i]);
		autofree char *path = NULL;
		struct inventory_layer layer = { .idmap = idmap };

		if (!parse_name(algorithm, names.items[i], &layer.chain_id, &layer.is_aside) ||
		    fstatat(store->dirfd, there, &layer.stat, AT_SYMLINK_NOFOLLOW) < 0 ||
		    !S_ISDIR(layer.stat.st_mode))
			continue;
		path = layer_path(idmap, &layer.chain_id);
		layer.path = path;
		if (each(&layer, data, err) < 0)
			return -1;
	}
	return 0;
}

int inventory_each_layer(const struct store *store,
			 int (*each)(const struct inventory_layer *layer, void *data,
				     struct error *err),
			 void *data, struct error *err)
{
	autostrlist struct strlist idmaps = STRLIST_INIT;

	if (list_names(store->dirfd, "layers", &idmaps, err) < 0)
		return -1;
	for (size_t i = 0; i < idmaps.len; i++)
		for (enum digest_algorithm a = 0; a < DIGEST_ALGORITHM_MAX; a++)
			if (each_layer_in(store, idmaps.items[i], a, each, data, err) < 0)
				return -1;
	return 0;
}

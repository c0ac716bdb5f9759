/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Removing unpacked layers without a lock that runs would have to take. A command that makes a bundle
 * links to a layer first and looks afterwards whether the layer is there (bundle_save()). So here:
 *
 *  1. A layer that no bundle links to and no remaining image has is renamed into trash/.
 *  2. The links are read again. A layer that got one meanwhile is renamed back.
 *  3. The others are deleted.
 *
 * Either we see the link, or the command that made it sees that the layer is gone, and starts over.
 */
#include "layers.h"

#include "content.h"

#include "base/alloc.h"
#include "store/bundle.h"
#include "store/bundle_stack.h"
#include "store/layer.h"
#include "store/trash.h"
#include "system/fd.h"
#include "system/identity.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Read the chain IDs of a config's layers. None are known of an image that was never unpacked: then
 * ret_len is 0. */
static void read_chain(const struct store *store, const char *config_text, struct digest **ret,
		       size_t *ret_len)
{
	struct digest config;

	*ret_len = 0;
	if (digest_parse(config_text, &config, NULL) == 0 &&
	    layer_chain_cached(store, &config, ret, ret_len, NULL) <= 0)
		*ret_len = 0;
}

static void add_chain(const struct store *store, const char *config_text, json_t *set)
{
	autofree struct digest *chain = NULL;
	size_t n;

	read_chain(store, config_text, &chain, &n);
	for (size_t i = 0; i < n; i++)
		json_object_set_new(set, chain[i].text, json_true());
}

static void remove_chain(const struct store *store, const char *config_text, json_t *set)
{
	autofree struct digest *chain = NULL;
	size_t n;

	read_chain(store, config_text, &chain, &n);
	for (size_t i = 0; i < n; i++)
		json_object_del(set, chain[i].text);
}

/* The chain IDs that only the removed images have, as keys of a new set. configs are those of the
 * removed images. */
static json_t *find_unused_chains(const struct store *store, const json_t *configs,
				  const struct content *kept)
{
	json_t *unused = json_object();
	const char *text;
	json_t *value;

	json_object_foreach ((json_t *)configs, text, value)
		if (!json_object_get(kept->configs, text))
			add_chain(store, text, unused);
	json_object_foreach (kept->configs, text, value)
		remove_chain(store, text, unused);
	return unused;
}

/* Delete the lists of chain IDs that the store keeps for the removed images: derived data. */
static void delete_chain_lists(const struct store *store, const json_t *configs,
			       const struct content *kept)
{
	const char *text;
	json_t *value;

	json_object_foreach ((json_t *)configs, text, value) {
		autofree char *path = NULL;
		struct digest config;

		if (json_object_get(kept->configs, text) || digest_parse(text, &config, NULL) < 0)
			continue;
		path = layer_chain_path(&config);
		unlinkat(store->dirfd, path, 0);
	}
}

/* Add the layers that a bundle links to, by the text of the links, to a set. */
static int collect_links(const struct bundle *bundle, void *data, struct error *err)
{
	autoclose int lower = bundle_stack_open_lower(bundle->dirfd, NULL);
	char name[BUNDLE_STACK_NAME_MAX];
	struct stat st;

	(void)err;
	for (size_t i = 0; lower >= 0 && bundle_stack_layer(lower, i, name, &st, NULL) > 0; i++) {
		char target[PATH_MAX];
		ssize_t len = readlinkat(lower, name, target, sizeof(target) - 1);

		if (len > 0) {
			target[len] = '\0';
			json_object_set_new(data, target, json_true());
		}
	}
	return 0;
}

static bool is_linked(const json_t *links, const struct store *store, const char *layer)
{
	autofree char *target = xasprintf("%s/%s/diff", store->path, layer);

	return json_object_get(links, target) != NULL;
}

/* The layers of these chain IDs that are there, by their paths in the store. */
static void list_layers(const struct store *store, const char *idmap, const json_t *chain_ids,
			struct strlist *ret)
{
	const char *text;
	json_t *value;

	json_object_foreach ((json_t *)chain_ids, text, value) {
		struct digest chain_id;

		if (digest_parse(text, &chain_id, NULL) == 0 &&
		    layer_exists(store, idmap, &chain_id))
			strlist_take(ret, layer_path(idmap, &chain_id));
	}
}

/* Delete one layer that is in the trash, or put it back where a bundle links to it by now. */
static int delete_or_restore(const struct store *store, const json_t *links, const char *layer,
			     const char *trash, struct error *err)
{
	if (is_linked(links, store, layer) &&
	    renameat2(store->dirfd, trash, store->dirfd, layer, RENAME_NOREPLACE) == 0)
		return 0;
	return trash_delete(store, trash, err);
}

static int remove_layers(const struct store *store, const struct strlist *layers, struct error *err)
{
	autojson json_t *before = json_object();
	autojson json_t *after = json_object();
	autostrlist struct strlist moved = STRLIST_INIT; /* layer, trash, layer, trash, ... */
	int result = 0;

	if (bundle_each(store, collect_links, before, err) < 0)
		return -1;
	for (size_t i = 0; i < layers->len; i++) {
		char *trash;

		if (is_linked(before, store, layers->items[i]))
			continue;
		trash = trash_move(store, store->dirfd, layers->items[i], err);
		if (!trash) {
			result = -1;
			continue;
		}
		strlist_append(&moved, layers->items[i]);
		strlist_take(&moved, trash);
	}
	if (bundle_each(store, collect_links, after, err) < 0)
		return -1;
	for (size_t i = 0; i < moved.len; i += 2)
		if (delete_or_restore(store, after, moved.items[i], moved.items[i + 1], err) < 0)
			result = -1;
	return result;
}

int layers_remove(const struct store *store, const json_t *configs, struct error *err)
{
	autofree char *path = xasprintf("%s/images", store->path);
	autolayout struct layout layout = LAYOUT_INIT;
	autocontent struct content kept = { 0 };
	autostrlist struct strlist layers = STRLIST_INIT;
	autojson json_t *unused_chains = NULL;
	struct identity identity;
	char idmap[IDMAP_NAME_MAX];

	if (json_object_size(configs) == 0)
		return 0;
	content_init(&kept);
	if (layout_open(path, LAYOUT_READ, &layout, err) < 0 ||
	    content_add_roots(&kept, &layout, store, err) < 0 || identity_probe(&identity, err) < 0)
		return -1;
	unused_chains = find_unused_chains(store, configs, &kept);
	identity_idmap_name(&identity, idmap);
	list_layers(store, idmap, unused_chains, &layers);
	if (layers.len) {
		if (identity.rung != IDENTITY_PRIVILEGED && identity_enter(&identity, err) < 0)
			return -1;
		if (remove_layers(store, &layers, err) < 0)
			return -1;
	}
	delete_chain_lists(store, configs, &kept);
	return 0;
}

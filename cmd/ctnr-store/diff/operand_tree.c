/* SPDX-License-Identifier: Apache-2.0 */
#include "diff/operand_tree.h"

#include "base/alloc.h"
#include "store/bundle_stack.h"
#include "store/image_layers.h"
#include "store/image_resolve.h"
#include "store/layer.h"
#include "system/sync.h"

#include <string.h>

const char *const operand_type_names[] = { "any", "container", "image", NULL };

void operand_tree_release(struct operand_tree *tree)
{
	bundle_release(&tree->bundle);
	image_release(&tree->image);
}

/* The image of a bundle is known by its record. */
static void take_image(struct operand_tree *tree)
{
	tree->image = tree->bundle.image;
	tree->bundle.image = (struct image)IMAGE_INIT;
}

static int find_container(const struct store *store, const char *word, struct operand_tree *ret,
			  struct error *err)
{
	if (bundle_open(store, word, &ret->bundle, err) < 0)
		return -1;
	take_image(ret);
	return 0;
}

static int find_record(const struct store *store, const char *word, struct operand_tree *ret,
		       struct error *err)
{
	autojson json_t *record = strcmp(word, "-") == 0
					  ? record_read_stdin(err)
					  : json_parse(word, strlen(word), "record", err);
	autofree char *text = NULL;

	if (!record)
		return -1;
	text = json_format(record);
	if (json_object_get(record, "bundle"))
		return find_container(store, text, ret, err);
	return image_resolve(store, text, NULL, &ret->image, err);
}

/* What is called so is neither. */
static int no_such_operand(const char *word, struct error *err)
{
	error_set(err, ERROR_NOT_FOUND, "there is no container and no image '%s'", word);
	return error_hint(err, "see 'ctnr ps --all' and 'ctnr images'");
}

static int find_any(const struct operand_query *query, const struct store *store, const char *word,
		    struct operand_tree *ret, struct error *err)
{
	struct error cause = { 0 };

	if (find_container(store, word, ret, &cause) == 0)
		return 0;
	/* A name that no container can have may be an image's. */
	if (cause.code != ERROR_NOT_FOUND && cause.code != ERROR_USAGE)
		return error_move(err, &cause);
	if (image_resolve(store, word, query->platform, &ret->image, err) == 0)
		return 0;
	return error_is(err, ERROR_NOT_FOUND) ? no_such_operand(word, err) : -1;
}

int operand_tree_find(const struct operand_query *query, const char *word, struct operand_tree *ret,
		      struct error *err)
{
	const struct store *store = query->store->path ? query->store : NULL;

	if (*word == '{' || strcmp(word, "-") == 0)
		return find_record(store, word, ret, err);
	if (query->type == OPERAND_CONTAINER)
		return find_container(store, word, ret, err);
	if (query->type == OPERAND_IMAGE || str_starts_with(word, "oci:"))
		return image_resolve(store, word, query->platform, &ret->image, err);
	return find_any(query, store, word, ret, err);
}

bool operand_tree_is_overlay(const struct operand_tree *tree)
{
	autoclose int lower = -EBADF;

	if (tree->bundle.dirfd < 0)
		return false;
	lower = bundle_stack_open_lower(tree->bundle.dirfd, NULL);
	return lower >= 0;
}

/* {"layers":[...]}, top first; new. */
static json_t *format_layers(const struct image_layers *layers, const struct store *store,
			     const struct identity *identity)
{
	json_t *paths = json_array();
	char idmap[IDMAP_NAME_MAX];

	identity_idmap_name(identity, idmap);
	for (size_t i = layers->n; i > 0; i--) {
		autofree char *layer = layer_path(idmap, &layers->chain_ids[i - 1]);
		autofree char *path = xasprintf("%s/%s/diff", store->path, layer);

		json_array_append_new(paths, json_string(path));
	}
	return json_pack("{s:o}", "layers", paths);
}

json_t *operand_tree_layers(const struct operand_tree *tree, const struct store *store,
			    const struct identity *identity, struct error *err)
{
	const struct image_layers_request request = { store, &tree->image, identity,
						      sync_is_enabled(), PROGRESS_AUTO };
	autoimagelayers struct image_layers layers = IMAGE_LAYERS_INIT;

	if (!tree->image.layout || !store->path) {
		error_set(err, ERROR_FAILED, "the image that it was made of is not known");
		return NULL;
	}
	if (image_layers_have(&request, &layers, err) < 0) {
		image_found_unfit(err);
		error_prefix(err, "image '%s'", image_name(&tree->image));
		return NULL;
	}
	return format_layers(&layers, store, identity);
}

json_t *operand_tree_to_json(const struct operand_tree *tree, const struct store *store,
			     const struct identity *identity, struct error *err)
{
	if (tree->bundle.dirfd < 0)
		return operand_tree_layers(tree, store, identity, err);
	return json_pack("{s:s}", "bundle", tree->bundle.path);
}

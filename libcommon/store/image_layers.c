/* SPDX-License-Identifier: Apache-2.0 */
#include "store/image_layers.h"

#include "base/alloc.h"
#include "oci/manifest.h"
#include "store/layer.h"
#include "store/layer_worker.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#define LAYER_TRIES 5

void image_layers_release(struct image_layers *layers)
{
	if (!layers)
		return;
	free(layers->chain_ids);
	*layers = (struct image_layers)IMAGE_LAYERS_INIT;
}

bool image_is_of_store(const struct image *image, const struct store *store)
{
	autofree char *own = xasprintf("%s/images", store->path);

	return strcmp(image->layout, own) == 0;
}

/* Is the layer there? Its time is renewed, so that the collector spares it until the links of a bundle hold
 * it. */
static bool has_layer(const struct store *store, const char *idmap, const struct digest *chain_id)
{
	autofree char *path = layer_path(idmap, chain_id);

	return utimensat(store->dirfd, path, NULL, AT_SYMLINK_NOFOLLOW) == 0 ||
	       layer_exists(store, idmap, chain_id);
}

enum layers_found {
	LAYERS_FAILED = -1,
	LAYERS_MISSING, /* one at least; or which there are is not known */
	LAYERS_COMPLETE, /* all of the image */
};

static enum layers_found find_layers(const struct image_layers_request *request,
				     const struct digest *config, struct image_layers *layers,
				     struct error *err)
{
	const struct store *store = request->store;
	char idmap[IDMAP_NAME_MAX];
	int cached;

	image_layers_release(layers);
	cached = layer_chain_cached(store, config, &layers->chain_ids, &layers->n, err);
	if (cached <= 0)
		return cached < 0 ? LAYERS_FAILED : LAYERS_MISSING;
	identity_idmap_name(request->identity, idmap);
	for (size_t i = 0; i < layers->n; i++)
		if (!has_layer(store, idmap, &layers->chain_ids[i]))
			return LAYERS_MISSING;
	return LAYERS_COMPLETE;
}

static int read_config_digest(const struct image *image, struct digest *ret, struct error *err)
{
	autolayout struct layout layout = LAYOUT_INIT;
	automanifest struct manifest manifest = MANIFEST_INIT;

	if (image_open(image, &layout, &manifest, err) < 0)
		return -1;
	*ret = manifest.config.digest;
	return 0;
}

static int run_layer_worker(const struct image_layers_request *request, struct error *err)
{
	const struct layer_worker_request job = {
		.store = request->store,
		.image = request->image,
		.sync = request->sync,
		.progress = request->progress,
	};

	return layer_worker_run(&job, err);
}

int image_layers_have(const struct image_layers_request *request, struct image_layers *ret,
		      struct error *err)
{
	autoimagelayers struct image_layers layers = IMAGE_LAYERS_INIT;
	enum layers_found found;
	struct digest config;

	if (read_config_digest(request->image, &config, err) < 0)
		return -1;
	found = find_layers(request, &config, &layers, err);
	/* A layout elsewhere may hold anything under the name of a digest: only the worker, which hashes what it
	 * reads, can tell. */
	if (found == LAYERS_COMPLETE && !image_is_of_store(request->image, request->store))
		found = LAYERS_MISSING;
	/* A command that removes an image may take a layer away again before links hold it. */
	for (int i = 0; found == LAYERS_MISSING && i < LAYER_TRIES; i++) {
		if (run_layer_worker(request, err) < 0)
			return -1;
		found = find_layers(request, &config, &layers, err);
	}
	if (found == LAYERS_FAILED)
		return -1;
	if (found == LAYERS_MISSING)
		return error_set(err, ERROR_TEMPORARY, "a layer vanished while it was wanted");
	*ret = layers;
	layers = (struct image_layers)IMAGE_LAYERS_INIT;
	return 0;
}

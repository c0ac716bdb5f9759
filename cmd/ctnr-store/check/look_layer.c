/* SPDX-License-Identifier: Apache-2.0 */
#include "check/look.h"
#include "collect/inventory.h"

#include "base/alloc.h"
#include "layer/owners.h"
#include "store/layer.h"
#include "system/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* A list that cannot be used is as good as absent, and a loss of power leaves some: no damage. */
static void look_at_chain_list(struct look *look, const struct digest *config)
{
	autofree char *path = layer_chain_path(config);
	autofree struct digest *chain = NULL;
	struct finding *finding;
	size_t n;

	if (layer_chain_cached(look->scope->store, config, &chain, &n, NULL) > 0)
		return;
	finding = findings_add(&look->findings, FINDING_LEFTOVER, config->text, path);
	finding_describe(finding, "a list of layers that cannot be read");
	finding_set_remark(finding, REMEDY_COLLECT);
}

/* The list of another number of layers than the image has would make a root filesystem of these. */
static void look_at_chain_of_image(struct look *look, const struct look_image *image)
{
	autofree struct digest *chain = NULL;
	autofree char *path = NULL;
	struct finding *finding;
	size_t n;

	if (layer_chain_cached(look->scope->store, &image->config, &chain, &n, NULL) <= 0 ||
	    n == image->n_layers)
		return;
	path = layer_chain_path(&image->config);
	finding = findings_add(&look->findings, FINDING_CHAINS, image->config.text, path);
	finding->remedy = REMEDY_REMOVE;
	finding_describe(finding, "lists %zu layers instead of %zu", n, image->n_layers);
}

static void look_at_chain_lists(struct look *look, enum digest_algorithm algorithm)
{
	autofree char *folder = xasprintf("cache/chains/%s", digest_algorithm_name(algorithm));
	autostrlist struct strlist names = STRLIST_INIT;

	dir_list_at(look->scope->store->dirfd, folder, &names, NULL);
	for (size_t i = 0; i < names.len; i++) {
		autofree char *text =
			xasprintf("%s:%s", digest_algorithm_name(algorithm), names.items[i]);
		struct digest config;

		if (digest_parse(text, &config, NULL) == 0 &&
		    scope_has_blob(look->scope, config.text))
			look_at_chain_list(look, &config);
	}
}

/* What is wrong with a layer's directory (there is the path where it is now), new; NULL: nothing. */
static char *find_layer_problem(const struct scope *scope, const char *there)
{
	autofree char *diff = xasprintf("%s/diff", there);
	autofree char *owners = xasprintf("%s/" OWNERS_FILE, there);
	struct stat st;

	if (fstatat(scope->store->dirfd, diff, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return xasprintf("'diff': %s", strerror(errno));
	if (!S_ISDIR(st.st_mode))
		return xstrdup("'diff' is not a directory");
	return look_at_owners(scope, owners);
}

static int look_at_layer(const struct inventory_layer *layer, void *data, struct error *err)
{
	struct look *look = data;
	autofree char *there = xasprintf("%s%s", layer->path, layer->is_aside ? ASIDE_SUFFIX : "");
	autofree char *problem = NULL;
	struct finding *finding;

	(void)err;
	if (!scope_has_layer(look->scope, layer->path))
		return 0;
	look->counts.layers++;
	problem = find_layer_problem(look->scope, there);
	if (!problem)
		return 0;
	finding = findings_add(&look->findings, FINDING_LAYER, layer->path, layer->path);
	finding->remedy = REMEDY_REMOVE;
	finding_describe(finding, "%s", problem);
	return 0;
}

void look_at_layers(struct look *look)
{
	struct error cause = { 0 };

	for (enum digest_algorithm a = 0; a < DIGEST_ALGORITHM_MAX; a++)
		look_at_chain_lists(look, a);
	for (size_t i = 0; i < look->n_images; i++)
		look_at_chain_of_image(look, &look->images[i]);
	if (inventory_each_layer(look->scope->store, look_at_layer, look, &cause) < 0)
		finding_describe_error(
			findings_add(&look->findings, FINDING_LAYER, "layers", "layers"), &cause);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "check/verify_job.h"

#include "collect/inventory.h"

#include "base/alloc.h"
#include "store/layer.h"
#include "system/identity.h"

#include <stdlib.h>
#include <sys/stat.h>

struct verify_job_making {
	struct verify_job *job;
	const struct scope *scope;
	const struct part *part;
	const json_t *only;
	json_t *damaged; /* names of what is known to be damaged: a set */
};

void verify_job_release(struct verify_job *job)
{
	for (size_t i = 0; i < job->job.n_blobs; i++) {
		for (size_t j = 0; j < job->blobs[i].n_layers; j++)
			free((void *)job->blobs[i].layers[j].lowers);
		free((void *)job->blobs[i].layers);
	}
	free(job->blobs);
	json_free(&job->positions);
	json_free(&job->paths);
}

static json_t *list_damaged(const struct findings *findings)
{
	json_t *damaged = json_object();

	for (size_t i = 0; i < findings->len; i++)
		if (findings->items[i].is_damage)
			json_object_set_new(damaged, findings->items[i].name, json_true());
	return damaged;
}

/* A set's own copy of a text: it lives as long as the set. */
static const char *keep_text(json_t *set, const char *text)
{
	json_t *kept = json_object_get(set, text);

	if (!kept) {
		kept = json_string(text);
		json_object_set_new(set, text, kept);
	}
	return json_string_value(kept);
}

static int add_blob(const struct inventory_blob *blob, void *data, struct error *err)
{
	const struct verify_job_making *making = data;
	struct verify_job *job = making->job;
	const char *digest = blob->digest.text;
	size_t n = job->job.n_blobs;

	(void)err;
	if (blob->is_aside || !S_ISREG(blob->stat.st_mode) ||
	    !scope_has_blob(making->scope, digest) ||
	    (making->part && !part_has(making->part, &blob->digest)) ||
	    (making->only && !json_object_get(making->only, digest)) ||
	    json_object_get(making->damaged, digest))
		return 0;
	job->blobs = xgrow(job->blobs, n, sizeof(*job->blobs));
	job->blobs[n] = (struct verifier_blob) { .digest = keep_text(job->paths, digest),
						 .size = (uint64_t)blob->stat.st_size };
	json_object_set_new(job->positions, digest, json_integer((json_int_t)n));
	job->bytes += (uint64_t)blob->stat.st_size;
	job->job.n_blobs++;
	return 0;
}

/* The layer at position i of an image, with those below it. chain are its layers' paths, base first, which
 * live as long as the job; diff_id lives as long as the look. */
static void add_layer(struct verify_job *job, struct verifier_blob *blob, const char *const *chain,
		      size_t i, const char *diff_id)
{
	struct verifier_layer *layers = (struct verifier_layer *)blob->layers;
	const char **lowers = xcalloc(i + 1, sizeof(*lowers));

	(void)job;
	for (size_t j = 0; j < i; j++)
		lowers[j] = chain[i - 1 - j];
	layers = xgrow(layers, blob->n_layers, sizeof(*layers));
	layers[blob->n_layers++] = (struct verifier_layer) { chain[i], diff_id, lowers, i };
	blob->layers = layers;
}

static void add_image(const struct verify_job_making *making, const struct look_image *image,
		      const char *idmap)
{
	struct verify_job *job = making->job;
	autofree struct digest *chain_ids = NULL;
	autofree const char **chain = xcalloc(image->n_layers + 1, sizeof(*chain));
	size_t n;

	if (layer_chain_cached(making->scope->store, &image->config, &chain_ids, &n, NULL) <= 0 ||
	    n != image->n_layers)
		return;
	for (size_t i = 0; i < n; i++) {
		autofree char *path = layer_path(idmap, &chain_ids[i]);
		const json_t *position = json_object_get(job->positions, image->layers[i].text);
		bool is_known = json_object_get(job->paths, path);

		chain[i] = keep_text(job->paths, path);
		/* Images share layers. */
		if (position && !is_known && !json_object_get(making->damaged, path))
			add_layer(job, &job->blobs[json_integer_value(position)], chain, i,
				  image->diff_ids[i].text);
	}
}

static void add_layers(const struct verify_job_making *making, const struct look *look)
{
	struct identity identity;
	char idmap[IDMAP_NAME_MAX];

	if (!look->scope->store || identity_probe(&identity, NULL) < 0)
		return;
	identity_idmap_name(&identity, idmap);
	for (size_t i = 0; i < look->n_images; i++)
		add_image(making, &look->images[i], idmap);
}

int verify_job_make(const struct look *look, const struct part *part, const json_t *only,
		    struct verify_job *ret, struct error *err)
{
	const struct scope *scope = look->scope;
	autojson json_t *damaged = list_damaged(&look->findings);
	struct verify_job_making making = { ret, scope, part, only, damaged };

	*ret = (struct verify_job) {
		.positions = json_object(),
		.paths = json_object(),
	};
	ret->job.store = scope->store ? scope->store->path : scope->layout.path;
	ret->job.layout = scope->layout.path;
	if (scope->layout.dirfd < 0)
		return 0;
	if (inventory_each_blob(&scope->layout, add_blob, &making, err) < 0)
		return -1;
	add_layers(&making, look);
	ret->job.blobs = ret->blobs;
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/roots.h"

#include "collect/chain_set.h"

#include "base/alloc.h"
#include "oci/referrer.h"
#include "store/bundle_stack.h"
#include "system/fd.h"

#include <errno.h>
#include <string.h>

void roots_init(struct roots *roots, const struct roots_scope *scope)
{
	*roots = (struct roots) { .scope = scope,
				  .layers = json_object(),
				  .referrers = json_array() };
	reach_init(&roots->reach, scope->layout);
}

void roots_release(struct roots *roots)
{
	if (!roots)
		return;
	reach_release(&roots->reach);
	json_free(&roots->chain_ids);
	json_free(&roots->layers);
	json_free(&roots->referrers);
}

static int add_leased_blob(const struct digest *digest, void *data, struct error *err)
{
	struct roots *roots = data;

	(void)err;
	reach_add_digest(&roots->reach, digest);
	return 0;
}

int roots_add_leases(struct roots *roots, struct error *err)
{
	return lease_each(roots->scope->layout->dirfd, add_leased_blob, roots, err);
}

int roots_know_layers(struct roots *roots, struct error *err)
{
	struct error cause = { 0 };

	json_free(&roots->chain_ids);
	roots->chain_ids = chain_set_of(roots->scope->store, roots->reach.configs, &cause);
	return cause.code ? error_move(err, &cause) : 0;
}

static void note_referrer(struct roots *roots, const struct descriptor *entry)
{
	json_array_append_new(roots->referrers,
			      json_pack("[ss]", referrer_subject(entry), entry->digest.text));
}

static const char *pair_digest(const json_t *pair, size_t i)
{
	return json_string_value(json_array_get(pair, i));
}

/* Add a referrer whose subject is reached. Was it not reached before? */
static bool add_referrer(struct roots *roots, const json_t *pair)
{
	struct digest digest;

	if (!reach_has(&roots->reach, pair_digest(pair, 0)) ||
	    reach_has(&roots->reach, pair_digest(pair, 1)) ||
	    digest_parse(pair_digest(pair, 1), &digest, NULL) < 0)
		return false;
	reach_add_digest(&roots->reach, &digest);
	return true;
}

/* A referrer may be the subject of another one: until nothing more is reached. */
static void add_referrers(struct roots *roots)
{
	bool is_more = true;

	while (is_more) {
		const json_t *pair;
		size_t i;

		is_more = false;
		json_array_foreach (roots->referrers, i, pair)
			is_more = add_referrer(roots, pair) || is_more;
	}
}

size_t roots_count_stray_referrers(const struct roots *roots)
{
	size_t n = 0;
	size_t i;
	const json_t *pair;

	json_array_foreach (roots->referrers, i, pair)
		n += !reach_has(&roots->reach, pair_digest(pair, 0));
	return n;
}

static void add_entry(struct roots *roots, const struct descriptor *entry)
{
	const struct roots_scope *scope = roots->scope;

	if (referrer_subject(entry))
		note_referrer(roots, entry);
	else if (!scope->keeps_entry || scope->keeps_entry(entry, scope->data))
		reach_add(&roots->reach, entry);
}

int roots_add_names(struct roots *roots, struct error *err)
{
	const struct roots_scope *scope = roots->scope;
	autoindex struct index index = INDEX_INIT;

	if (layout_read_index(scope->layout, &index, err) < 0)
		return scope->store ? store_damaged(err) : -1;
	for (size_t i = 0; i < index.n_manifests; i++)
		add_entry(roots, &index.manifests[i]);
	add_referrers(roots);
	return scope->store ? roots_know_layers(roots, err) : 0;
}

/* Something that may be a root could not be read. The first such failure is kept. */
static void add_doubt(struct roots *roots, const struct error *failure)
{
	if (!roots->doubt.code)
		roots->doubt = *failure;
}

/* 0 when all that was added could be read. */
static int check_doubt(struct roots *roots, struct error *err)
{
	add_doubt(roots, &roots->reach.failure);
	if (!roots->doubt.code)
		return 0;
	error_move(err, &roots->doubt);
	return error_default_hint(
		err, "nothing is deleted while it may be needed: 'ctnr check --repair' mends it");
}

static int add_link(struct roots *roots, int lower, const char *name, struct error *err)
{
	char layer[BUNDLE_STACK_LAYER_MAX];
	autofree char *path = NULL;

	/* A link that is gone again was of a bundle that is being removed. */
	if (!bundle_stack_layer_name(lower, name, layer))
		return errno && errno != ENOENT ? error_errno(err, "cannot read 'lower/%s'", name)
						: 0;
	path = xasprintf("layers/%s", layer);
	json_object_set_new(roots->layers, path, json_true());
	return 0;
}

static int add_linked_layers(struct roots *roots, const struct bundle *bundle, struct error *err)
{
	struct error cause = { 0 };
	autoclose int lower = bundle_stack_open_lower(bundle->dirfd, &cause);
	char name[BUNDLE_STACK_NAME_MAX];
	struct stat st;
	int found = 1;

	/* No directory: then no bundle of layers either. */
	if (lower < 0)
		return cause.saved_errno == ENOENT || cause.saved_errno == ENOTDIR ||
				       cause.saved_errno == ELOOP
			       ? 0
			       : error_move(err, &cause);
	for (size_t i = 0; found > 0; i++) {
		found = bundle_stack_layer(lower, i, name, &st, err);
		if (found > 0 && add_link(roots, lower, name, err) < 0)
			return -1;
	}
	return found;
}

static int add_bundle(const struct bundle *bundle, void *data, struct error *err)
{
	struct roots *roots = data;
	const struct roots_scope *scope = roots->scope;
	struct error cause = { 0 };

	(void)err;
	if (scope->keeps_bundle && !scope->keeps_bundle(bundle, scope->data))
		return 0;
	/* Also of an image in another layout: the store may have been elsewhere. */
	if (bundle->image.layout)
		reach_add(&roots->reach, &bundle->image.descriptor);
	if (add_linked_layers(roots, bundle, &cause) == 0)
		return 0;
	/* The others are read too. */
	error_prefix(&cause, "%s '%s'", bundle_word(), bundle->id);
	add_doubt(roots, &cause);
	return 0;
}

int roots_add_bundles(struct roots *roots, struct error *err)
{
	const struct store *store = roots->scope->store;

	if (store && bundle_each_surely(store, add_bundle, roots, err) < 0)
		return -1;
	add_referrers(roots);
	return check_doubt(roots, err);
}

int roots_read(struct roots *roots, struct error *err)
{
	if (roots_add_leases(roots, err) < 0 || roots_add_names(roots, err) < 0)
		return -1;
	return roots_add_bundles(roots, err);
}

bool roots_have_blob(const struct roots *roots, const char *digest)
{
	return reach_has(&roots->reach, digest);
}

/* "layers/IDMAP/sha256/HEX" is of the chain ID "sha256:HEX". */
static bool is_layer_of_image(const struct roots *roots, const char *path)
{
	const char *hex = strrchr(path, '/');
	const char *algorithm = hex ? memrchr(path, '/', (size_t)(hex - path)) : NULL;
	autofree char *chain_id = NULL;

	if (!algorithm)
		return false;
	chain_id = xasprintf("%.*s:%s", (int)(hex - algorithm - 1), algorithm + 1, hex + 1);
	return json_object_get(roots->chain_ids, chain_id);
}

bool roots_have_layer(const struct roots *roots, const char *path)
{
	return json_object_get(roots->layers, path) || is_layer_of_image(roots, path);
}

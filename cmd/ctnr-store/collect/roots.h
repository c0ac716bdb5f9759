/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What must stay in a layout, and beside it in the store: what leases, names and bundles reach.
 *
 *  - A lease keeps its blobs and what these reach.
 *  - A name (an entry of index.json, which may have none) keeps its blobs, and the unpacked layers of its
 *    image.
 *  - A referrer (oci/referrer.h) keeps its blobs as long as anything else keeps its subject.
 *  - A bundle keeps the blobs of its image, and the layers that it links to.
 *
 * Leases are read before names: a writer ends its lease when the name is written, so that either of both is
 * seen.
 */
#ifndef CTNR_STORE_COLLECT_ROOTS_H
#define CTNR_STORE_COLLECT_ROOTS_H

#include "collect/reach.h"

#include "store/bundle.h"
#include "store/store.h"

struct roots_scope {
	const struct layout *layout;
	const struct store
		*store; /* which the layout is of; NULL: it is elsewhere, and has no bundles */
	/* Some roots may be left out, as if they were gone already. NULL: all count. */
	bool (*keeps_entry)(const struct descriptor *entry, void *data);
	bool (*keeps_bundle)(const struct bundle *bundle, void *data);
	void *data;
};

struct roots {
	const struct roots_scope *scope; /* borrowed */
	struct reach reach;
	json_t *referrers; /* of index.json: an array of pairs of digests, subject and referrer */
	json_t *chain_ids; /* of the layers of images: a set */
	json_t *layers; /* that bundles link to, by their paths in the store: a set */
	struct error doubt; /* the first failure to read what a bundle links to; code 0: none */
};

void roots_init(struct roots *roots, const struct roots_scope *scope);
void roots_release(struct roots *roots); /* NULL is allowed */
#define autoroots autocleanup(roots_release)

/* Add all roots there are. -1 when there may be some that cannot be read: then nothing may be deleted. */
int roots_read(struct roots *roots, struct error *err);

/* The steps of roots_read(), in their order. Each goes on after a failure to read one root, and returns -1
 * then; the last one also when a document that any of them has come to could not be read. */
int roots_add_leases(struct roots *roots, struct error *err);
int roots_add_names(struct roots *roots, struct error *err);
int roots_add_bundles(struct roots *roots, struct error *err);

/* How many referrers of index.json have a subject that is not reached. To be asked when all roots were
 * added. */
size_t roots_count_stray_referrers(const struct roots *roots);

/* Let the unpacked layers of all images that were added be known, and stay. In a store only. */
int roots_know_layers(struct roots *roots, struct error *err);

bool roots_have_blob(const struct roots *roots, const char *digest);

/* path is the layer's in the store, "layers/IDMAP/ALG/HEX". */
bool roots_have_layer(const struct roots *roots, const char *path);

#endif

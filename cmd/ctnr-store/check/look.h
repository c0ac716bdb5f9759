/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One look at everything in a scope but the content of blobs and the files of layers: check --quick.
 *
 *	autolook struct look look;
 *
 *	look_init(&look, &scope);
 *	look_take(&look);
 *	... look.findings, look.counts
 *
 * Other commands go on meanwhile, and what they change may look like damage: an image that is removed
 * between the reading of its name and that of its blobs. Such findings are gone at a second look
 * (findings_keep_confirmed()). Nothing is changed, but what a collector keeps aside and somebody needs is
 * taken back, as by everybody who misses it.
 */
#ifndef CTNR_STORE_CHECK_LOOK_H
#define CTNR_STORE_CHECK_LOOK_H

#include "check/finding.h"
#include "check/scope.h"
#include "collect/inventory.h"

#include "oci/image_config.h"

struct look_counts {
	size_t images; /* entries of index.json */
	size_t blobs; /* that these need */
	size_t layers;
	size_t bundles;
	size_t volumes;
};

/* An image whose documents are right. */
struct look_image {
	struct digest config;
	struct digest *diff_ids; /* base first, one for each layer; owned */
	struct digest *layers; /* their blobs, owned */
	size_t n_layers;
};

struct look {
	const struct scope *scope; /* borrowed */
	struct findings findings;
	struct look_counts counts;
	struct inventory_blob
		*blobs; /* of a layout that is looked at as a whole: all that there are, and */
	size_t n_blobs;
	json_t *present; /* the sizes of those that are files and not aside, by digest */
	bool has_names; /* index.json could be read */
	json_t *sources; /* what the registries gave for the images: a set of digests */
	json_t *seen; /* the digests of blobs that were looked at: a set */
	json_t *depths; /* "DIGEST SIZE": the least number of indexes above it that it was looked at with */
	json_t *damaged; /* digests: the position of the finding about each */
	struct look_image *images; /* each config once */
	size_t n_images;
};

void look_init(struct look *look, const struct scope *scope);
void look_release(struct look *look);
#define autolook autocleanup(look_release)

/* All of the following but leftovers, in their order. */
void look_take(struct look *look);

/* oci-layout, index.json, and all that the entries lead to (look_layout.c, look_image.c). */
void look_at_layout(struct look *look);
void look_at_image(struct look *look, const struct descriptor *entry);

/* List the blobs, so that each is looked at once (look_image.c). */
void look_list_blobs(struct look *look);

/* The lists of chain IDs, and the unpacked layers (look_layer.c). */
void look_at_layers(struct look *look);

/* look_bundle.c, look_volume.c */
void look_at_bundles(struct look *look);
void look_at_volumes(struct look *look);

/* What killed commands left, and what nothing needs: no damage (look_leftover.c). Of a store as a whole alone,
 * and not looked at twice. */
void look_at_leftovers(struct look *look);

/* Lines of a file of owners (layer/owners.h); path in the store. NULL: it is right, or not there. Otherwise
 * what is wrong, new. */
char *look_at_owners(const struct scope *scope, const char *path);

#endif

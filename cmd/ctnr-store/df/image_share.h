/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What each image takes: the blobs that it reaches and the layers that were unpacked for it, those that no
 * other image has apart from those that it shares.
 *
 * All images are added first, because only then it is known who shares what.
 */
#ifndef CTNR_STORE_DF_IMAGE_SHARE_H
#define CTNR_STORE_DF_IMAGE_SHARE_H

#include "collect/reach.h"
#include "df/usage.h"

struct image_share; /* of one image */

struct image_shares {
	const struct usage *usage; /* borrowed: what a blob and a layer take */
	struct image_share *items;
	size_t len;
	json_t *blob_users; /* digest: the number of images that reach it */
	json_t *chain_users; /* chain ID: the number of images that have it */
};

void image_shares_init(struct image_shares *shares, const struct usage *usage);
void image_shares_release(struct image_shares *shares);
#define autoimageshares autocleanup(image_shares_release)

/* Add an image; digest and names, an array, are borrowed, reach is taken. */
void image_shares_add(struct image_shares *shares, const char *digest, json_t *names,
		      uint64_t n_bundles, struct reach *reach);

/* Add the record of each to the objects of usage. */
void image_shares_report(const struct image_shares *shares, struct usage *usage);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a word may mean in the index.json of a store (ctnr(7), IMAGES). Nothing is opened here:
 * everything follows from the word and the index.
 *
 *	autoimagequery struct image_query query;
 *
 *	image_query_init(&query, "debian");
 *	entry = image_query_choose(&query, &index, NULL, &match, err);
 *
 * Tried in this order, the first that is there counts:
 *  1. the word as it stands;
 *  2. NAME@DIGEST: that digest in the repository of that name, and nothing where DIGEST is no whole
 *     digest; a whole digest: any entry with it, or one that was converted from it (annotation
 *     org.ctnr.source);
 *  3. the names that the word may be short for: NAME, localhost/NAME, docker.io/library/NAME, each
 *     also with the tag latest when it has none; of docker://NAME only the whole name;
 *  4. the first digits of a sha256 digest, 8 or more: of one image only.
 */
#ifndef STORE_IMAGE_QUERY_H
#define STORE_IMAGE_QUERY_H

#include "base/str.h"
#include "oci/manifest.h"

#define IMAGE_QUERY_PREFIX_MIN 8 /* digits of a digest that name an image */

struct image_query {
	const char *word; /* borrowed */
	struct strlist names; /* most wanted first */
	bool has_digest;
	struct digest digest; /* of NAME@DIGEST, or a whole digest */
	bool is_digest; /* the word is a digest and nothing else */
	const char *prefix; /* digits of a digest, borrowed; NULL: the word is none */
};

enum image_match {
	IMAGE_BY_NAME, /* the word is a name, with its digest or without */
	IMAGE_BY_DIGEST, /* the word is a digest or the beginning of one: names do not matter */
};

/* Take a word apart, which stays borrowed. */
void image_query_init(struct image_query *ret, const char *word);
void image_query_release(struct image_query *query);
#define autoimagequery autocleanup(image_query_release)

/* The entry that the word means. Where a name stands for several images the platform decides (NULL:
 * the host's). Borrowed from index; NULL with ERROR_NOT_FOUND, or ERROR_FAILED when a prefix fits
 * several images, or none of those that are there is for the platform. */
const struct descriptor *image_query_choose(const struct image_query *query,
					    const struct index *index,
					    const struct platform *platform,
					    enum image_match *ret_match, struct error *err);

/* "image 'WORD': no such image", and a hint which name of the index (NULL: there is none) was probably meant, how to get
 * what is not there, or how to write it. That a path is no image is ERROR_USAGE, and the hint how it is given.
 * Returns -1. */
int image_query_failed(const struct image_query *query, const struct index *index,
		       struct error *err);

#endif

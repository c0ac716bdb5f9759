/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From IMAGE, wherever a tool wants one (ctnr(7), IMAGES), to the image: a name or a digest in the
 * store (store/image_query.h says which it means), oci:DIR[:REF], a record that begins with '{', or
 * "-" for a record on stdin.
 *
 *	autoimage struct image image = IMAGE_INIT;
 *
 *	if (image_resolve(&store, "debian:12", NULL, &image, err) < 0) ...
 *
 * Nothing is fetched, and nothing is written but what the store remembers (store/refcache.h).
 */
#ifndef STORE_IMAGE_RESOLVE_H
#define STORE_IMAGE_RESOLVE_H

#include "store/image.h"
#include "store/image_query.h"

/* The image manifest that word means: indexes are resolved. platform NULL: the host's, or the only
 * one that there is. store NULL: there is none. ERROR_NOT_FOUND when nothing is called so; what is there
 * and does not fit (another platform, a blob that is missing) is another error, and the caller has no
 * reason to fetch a stranger's image of that name instead. */
int image_resolve(const struct store *store, const char *word, const struct platform *platform,
		  struct image *ret, struct error *err);

/* The same, and what the word means is left as it stands there: an index stays one, with all its platforms, and no
 * platform is checked. The platform decides where a name stands for several images. What was named by its
 * digest has no ref. */
int image_resolve_raw(const struct store *store, const char *word, const struct platform *platform,
		      struct image *ret, struct error *err);

/* The entry of the store's index.json that word (a name or digest) means, as it stands there, with
 * the name it has; ret_match says which of both the word is. ERROR_NOT_FOUND. */
int image_find_entry(const struct store *store, const char *word, struct descriptor *ret,
		     enum image_match *ret_match, struct error *err);

#endif

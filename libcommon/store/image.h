/* SPDX-License-Identifier: Apache-2.0 */
/*
 * IMAGE, wherever a tool wants one, and the image record (ctnr(7), RECORDS, IMAGES):
 *
 *	{"layout":"/abs/images","ref":"docker.io/library/alpine:3.20",
 *	 "descriptor":{"mediaType":...,"digest":...,"size":528,"platform":{...}}}
 */
#ifndef STORE_IMAGE_H
#define STORE_IMAGE_H

#include "oci/descriptor.h"
#include "oci/layout.h"
#include "store/store.h"

#define RECORD_MAX (1U << 20) /* bytes of a record on stdin */

struct image {
	char *layout; /* absolute path of the layout */
	char *ref; /* ref.name, or NULL */
	struct descriptor descriptor; /* of an image manifest */
};

#define IMAGE_INIT \
	{ \
		0 \
	}

void image_release(struct image *image);
#define autoimage autocleanup(image_release)

/* Read one record (a JSON object) from stdin: a new document. End of input without a record fails
 * silently: ERROR_FAILED with an empty message. */
json_t *record_read_stdin(struct error *err);

/* word is a reference in the store (as it stands, localhost/NAME, docker.io/library/NAME; default
 * tag latest), NAME@DIGEST, a digest or a unique prefix of 8 or more hex digits, oci:DIR[:REF], a
 * record that begins with '{', or "-" for a record on stdin. platform NULL: the host's.
 * ERROR_NOT_FOUND when it is not there. Uses cache/refs when it is fresh. */
int image_resolve(const struct store *store, const char *word, const struct platform *platform,
		  struct image *ret, struct error *err);

/* The entry of the store's index.json that word names (a reference, NAME@DIGEST, a digest or a
 * prefix), as it stands there, with the name it has. */
enum image_match {
	IMAGE_BY_NAME,
	IMAGE_BY_DIGEST,
};
int image_find_entry(const struct store *store, const char *word, struct descriptor *ret,
		     enum image_match *ret_match, struct error *err);

/* The name that an image gets when somebody calls it word: full, with a tag; without a registry in
 * word it is localhost/NAME:TAG, where looking word up finds it before a registry's image of that
 * name. New string; ERROR_USAGE. */
char *image_full_name(const char *word, struct error *err);

/* The name of an image for people: its reference, else its digest. Borrowed. */
const char *image_name(const struct image *image);

/* Layouts of other programs do not say the platform in index.json: take it from the image config
 * when the descriptor states none. Best effort: what is wrong with the config is found by whoever
 * needs it. */
void image_fill_platform(const struct layout *layout, struct descriptor *descriptor);

int image_from_json(const struct jnode *node, struct image *ret, struct error *err);
json_t *image_to_json(const struct image *image); /* new */

#endif

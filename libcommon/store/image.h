/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An image that is there, and its record (ctnr(7), RECORDS):
 *
 *	{"layout":"/abs/images","ref":"docker.io/library/alpine:3.20",
 *	 "descriptor":{"mediaType":...,"digest":...,"size":528,"platform":{...}}}
 *
 * A record comes from the command before in a pipe: it is checked like anything else, and what it
 * names may be gone meanwhile. store/image_resolve.h finds images by name.
 */
#ifndef STORE_IMAGE_H
#define STORE_IMAGE_H

#include "oci/descriptor.h"
#include "oci/layout.h"
#include "store/store.h"

#define RECORD_MAX (1U << 20) /* bytes of a record on stdin */

struct image {
	char *layout; /* absolute path of the layout; NULL, to be written only: it is in none */
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

/* Read a record's object. ret is new. */
int image_from_json(const struct jnode *node, struct image *ret, struct error *err);
json_t *image_to_json(const struct image *image); /* new */

/* The name of an image for people: its reference, else its digest. Borrowed. */
const char *image_name(const struct image *image);

/* Open the layout that the image lies in and read its manifest; config and layers are then read
 * from both (image_config_read(), layout_open_blob()). ERROR_NOT_FOUND when either is gone. */
int image_open(const struct image *image, struct layout *ret_layout, struct manifest *ret_manifest,
	       struct error *err);

/* Say that the image is used now, by the time of its manifest's blob, which ctnr-store gc takes for the last
 * use. Renewed at most once an hour, so that a use costs one look. Failing (in a store that is only read)
 * is no failure. */
#define IMAGE_USE_RENEWED 3600 /* seconds */
void image_note_use(const struct image *image);

/* What an image that is there leads to (its manifest, its layers) was not found, or did not fit: that is
 * no missing image, so ERROR_NOT_FOUND becomes ERROR_FAILED, with a hint. Returns -1. */
int image_found_unfit(struct error *err);

/* Layouts of other programs do not say the platform in index.json: it is taken from the image config
 * when the descriptor states none. Best effort: a config that cannot be read is reported by the
 * command that needs it. */
void image_fill_platform(const struct layout *layout, struct descriptor *descriptor);

#endif

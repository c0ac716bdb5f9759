/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What images consist of: the digests of all blobs that descriptors reach, in a layout. A document is
 * followed by the members that it has, whatever its media type: a set of blobs to keep may be too large,
 * and must not be too small.
 *
 *  - Each document is read once, however often it is named, and at whatever depth: a limit would let an image that
 *    names another one's manifest deep below hide what that one needs.
 *  - A document that is not there, or is damaged, has no children. What it had comes back with it: a fetch of
 *    the document fetches what it names.
 *  - One that is there and could not be read has some that are not known: reach.failure says so.
 *  - A document that a collector keeps aside (layout_aside_path()) is read there.
 *
 *	autoreach struct reach reach;
 *
 *	reach_init(&reach, &layout);
 *	reach_add(&reach, &descriptor);
 *	if (reach_has(&reach, "sha256:...")) ...
 */
#ifndef CTNR_STORE_COLLECT_REACH_H
#define CTNR_STORE_COLLECT_REACH_H

#include "base/cleanup.h"
#include "format/json.h"
#include "oci/layout.h"

#include <stdbool.h>

struct reach {
	const struct layout *layout; /* borrowed */
	json_t *digests; /* a set: the keys of an object */
	json_t *configs; /* those of them that are image configs */
	json_t *documents; /* those of them that are manifests and indexes and could be read: an array of
			    * digests, in which what a document names stands before it */
	json_t *visited; /* digests that were followed; a leaf's is not, and may be a document elsewhere */
	struct error failure; /* of the first document that could not be read; code 0: none */
	bool follows_leaves; /* the caller's: configs and layers are followed too, in case they are documents, so
			      * that they stand before what names them. False at first. */
};

void reach_init(struct reach *reach, const struct layout *layout);
void reach_release(struct reach *reach); /* NULL is allowed */
#define autoreach autocleanup(reach_release)

/* Add what a descriptor reaches, and what its org.ctnr.source reaches. */
void reach_add(struct reach *reach, const struct descriptor *descriptor);

/* Add what a digest reaches. */
void reach_add_digest(struct reach *reach, const struct digest *digest);

/* digest is its text. */
bool reach_has(const struct reach *reach, const char *digest);

#endif

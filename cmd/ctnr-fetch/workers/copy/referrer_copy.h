/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What refers to an image (registry/referrers.h), as signatures do, and comes into the layout beside it.
 *
 *	struct referrer_copy referrers = { 0 };
 *
 *	if (referrer_copy_gather(&copy, &tree, NULL, &referrers, err) < 0) ...
 *	... tag_set_with(&layout, name, &image, referrers.entries, referrers.len, err)
 *
 * A document that the source lists as a referrer and that does not refer to its subject, is not there, or is of an
 * unknown type, is left out with a warning.
 */
#ifndef CTNR_FETCH_WORKERS_COPY_REFERRER_COPY_H
#define CTNR_FETCH_WORKERS_COPY_REFERRER_COPY_H

#include "workers/copy/document_copy.h"

/* The entries of index.json (oci/referrer.h) for what was gathered. */
struct referrer_copy {
	struct descriptor *entries;
	size_t len;
};

void referrer_copy_release(struct referrer_copy *referrers);

/* Gather what refers to the documents of the tree, and to these, and so on, and append their entries to ret.
 * artifact_type: only those of that type; NULL: all. */
int referrer_copy_gather(const struct document_copy *copy, struct document_tree *tree,
			 const char *artifact_type, struct referrer_copy *ret, struct error *err);

#endif

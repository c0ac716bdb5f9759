/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One collection: what was chosen (collect/policy.h) goes, then what nothing needs any more, or it is only said
 * what would. In this order:
 *
 *  1. Names leave index.json, in one edit.
 *  2. Bundles are removed, each under its lock. One that somebody uses by now stays.
 *  3. Referrers whose subject nothing needs any more leave index.json, and the sweep follows
 *     (collect/sweep.h).
 *  4. What killed commands left is removed (store/leftover.h), and what is derived from what is gone.
 *
 * A dry run reads the same, with the same code, as if what was chosen were gone already. It takes no lock and
 * changes nothing. Of a store that nobody uses meanwhile it says exactly what the next run does.
 */
#ifndef CTNR_STORE_COLLECT_COLLECTION_H
#define CTNR_STORE_COLLECT_COLLECTION_H

#include "collect/candidate.h"
#include "collect/report.h"
#include "collect/sweep.h"

#include "system/identity.h"

enum collection_part {
	COLLECT_ALL,
	COLLECT_IMAGES, /* names, blobs, layers, and what is left of them */
	COLLECT_BUNDLES, /* bundles, and what is left of them */
	COLLECTION_PART_MAX,
};

struct collection_opts {
	enum collection_part part;
	bool dry_run;
	int64_t cutoff; /* nanoseconds since 1970: blobs, layers and caches that changed later stay */
	bool spares_released; /* also those of what was chosen */
};

struct collection {
	struct collection_opts opts;
	const struct store *store; /* borrowed; NULL: of a layout elsewhere */
	const struct layout *layout; /* borrowed; NULL: the store has no images */
	struct candidates *list; /* borrowed */
	struct report *report; /* borrowed */
	struct identity identity;
	char idmap[IDMAP_NAME_MAX];
	bool is_inside; /* the user namespace was entered */
};

/* Find who we are; the rest is the caller's to fill in. */
int collection_init(struct collection *collection, struct error *err);

/* How many bytes would come back if what is chosen now went. */
int collection_estimate(struct collection *collection, uint64_t *ret, struct error *err);

/* How many bytes the store takes. */
int collection_measure_store(struct collection *collection, uint64_t *ret, struct error *err);

/* Do it. Goes on after a failure, and returns -1 then. */
int collection_run(struct collection *collection, struct error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a policy (collect/policy.h) may take away: the entries of a layout's index.json, which are names of
 * images, and the bundles of a store.
 *
 *	autocandidates struct candidates list = CANDIDATES_INIT;
 *
 *	if (candidates_read_names(&layout, &filter, &list, err) < 0 ||
 *	    candidates_read_bundles(&store, &filter, &list, err) < 0)
 *		return -1;
 *	policy_choose(&policy, &list);
 */
#ifndef CTNR_STORE_COLLECT_CANDIDATE_H
#define CTNR_STORE_COLLECT_CANDIDATE_H

#include "collect/filter.h"

#include "base/cleanup.h"
#include "format/json.h"
#include "oci/layout.h"
#include "store/store.h"

#include <stdbool.h>
#include <stdint.h>

enum candidate_kind {
	CANDIDATE_NAME,
	CANDIDATE_BUNDLE,
};

struct candidate {
	enum candidate_kind kind;
	char *name; /* of an image, NULL: it has none; the ID of a bundle */
	char *digest; /* of the entry; of a bundle's image, NULL: not known */
	char *repository; /* of a name; NULL: it has none */
	json_t *documents; /* of a name: the digests of its manifest, or of its index and the manifests there */
	/* Nanoseconds since 1970. */
	int64_t used; /* last: an image, by the times of its documents; a bundle, when its container ended, or
		       * when it was made */
	int64_t set; /* when a name was set, at the latest */
	int64_t rank; /* in what order names of a repository were set, as far as known */
	bool is_busy; /* a bundle: its container waits or runs, or it is being made, or it is not in the store */
	bool has_ended; /* a bundle: its container */
	bool matches; /* the filters: others stay */
	bool goes; /* chosen */
	bool is_measured;
	uint64_t bytes; /* of a bundle that is measured: that come back when it goes */
};

struct candidates {
	struct candidate *items;
	size_t len;
};

#define CANDIDATES_INIT \
	{ \
		NULL, 0 \
	}

void candidates_release(struct candidates *list);
#define autocandidates autocleanup(candidates_release)

/* Append all entries of index.json but referrers (oci/referrer.h), which go with what they refer to. A name
 * that another program has set says not when: it was set at the latest when index.json was written, and
 * among those of its repository its image's last use decides. */
int candidates_read_names(const struct layout *layout, const struct filter *filter,
			  struct candidates *list, struct error *err);

/* Append all bundles of a store but those of one run (store/ephemeral.h), which are removed when it ends. */
int candidates_read_bundles(const struct store *store, const struct filter *filter,
			    struct candidates *list, struct error *err);

/* What goes, to be asked quickly: two sets. */
struct choice {
	json_t *names; /* "DIGEST NAME", or "DIGEST" of an entry without a name */
	json_t *bundles; /* IDs */
};

/* What is chosen now; ret is new. */
void choice_make(const struct candidates *list, struct choice *ret);
void choice_release(struct choice *choice);
#define autochoice autocleanup(choice_release)

bool choice_is_empty(const struct choice *choice);

/* name may be NULL. */
bool choice_has_name(const struct choice *choice, const char *digest, const char *name);
bool choice_has_bundle(const struct choice *choice, const char *id);

#endif

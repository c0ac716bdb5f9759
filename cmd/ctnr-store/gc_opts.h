/* SPDX-License-Identifier: Apache-2.0 */
/* The options of gc, and what they say of names, bundles and room. */
#ifndef CTNR_STORE_GC_OPTS_H
#define CTNR_STORE_GC_OPTS_H

#include "collect/collection.h"
#include "collect/filter.h"
#include "collect/policy.h"
#include "opts.h"

struct gc_opts {
	struct store_opts common; /* first, as in every verb */
	bool dry_run;
	struct option_amount grace;
	struct option_amount image_ttl;
	struct option_amount bundle_ttl;
	struct option_amount ref_ttl;
	const char *ref_max;
	struct option_amount keep_bytes;
	const char *min_free;
	bool unnamed;
	int only; /* enum collection_part */
	struct strlist filters;
};

/* Without those that every verb has. */
extern const struct option gc_own_options[];

/* How much room there shall be. */
struct room {
	struct option_amount keep_bytes; /* the store takes no more */
	struct option_amount min_free; /* the filesystem has that much: bytes, or ... */
	bool is_percent; /* ... a hundredth of its size each */
};

/* What the options mean at a moment, nanoseconds since 1970; filters stay borrowed from opts. ERROR_USAGE for
 * what makes no sense, or none with what else is there. */
struct gc_request {
	struct policy policy;
	struct filter filter;
	struct room room;
	struct collection_opts collection;
	bool needs_candidates; /* names or bundles may go */
};
int gc_opts_read(const struct gc_opts *opts, int64_t now, struct gc_request *ret,
		 struct error *err);

#endif

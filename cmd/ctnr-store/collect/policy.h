/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which names and bundles go: a function of what there is and of what time it is.
 *
 *  - A bundle whose container waits or runs stays, whatever is asked for.
 *  - image_ttl and unnamed take no image away that a bundle still uses.
 *  - Of what no filter has passed nothing goes.
 */
#ifndef CTNR_STORE_COLLECT_POLICY_H
#define CTNR_STORE_COLLECT_POLICY_H

#include "collect/candidate.h"

#include "base/option.h"

struct policy {
	struct option_amount image_ttl; /* seconds: images that were not used for so long */
	struct option_amount bundle_ttl; /* bundles whose container ended so long ago */
	struct option_amount ref_ttl; /* names that were set so long ago */
	struct option_amount ref_max; /* names of one repository: the newest stay */
	bool unnamed; /* images without a name */
	int64_t now; /* nanoseconds since 1970 */
	int64_t grace; /* nanoseconds: a bundle without an end may be about to run for so long */
};

/* Let goes be true for what the policy takes away. */
void policy_choose(const struct policy *policy, struct candidates *list);

/* In what order the rest would go to make room: by last use, an image after the bundles that use it, and nothing
 * that a container waits or runs in. Returns how many; *ret_order has their indices, new. */
size_t policy_order(const struct policy *policy, const struct candidates *list, size_t **ret_order);

#endif

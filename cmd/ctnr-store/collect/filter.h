/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Docker's filters: which images and containers may be taken away at all.
 *
 *	until=DURATION or =MOMENT	made before that: an image as its config says, which is before where it
 *					says nothing; a container by its record. A moment is one of RFC 3339,
 *					a date with or without a time by the local clock, or seconds since 1970
 *	label=KEY or label=KEY=VALUE	has that label: of an image's config, of a container's annotations
 *	label!=KEY or label!=KEY=VALUE	has it not
 *	reference=PATTERN		the name, whole, without its registry or without its tag too, or that of
 *					a container's image (glob(7), without slashes in *)
 *
 * All hold at once, but one of several references is enough. What cannot be read matches no label.
 */
#ifndef CTNR_STORE_COLLECT_FILTER_H
#define CTNR_STORE_COLLECT_FILTER_H

#include "base/error.h"
#include "base/str.h"
#include "oci/layout.h"
#include "store/bundle.h"

#include <stdbool.h>
#include <stdint.h>

struct filter {
	const struct strlist *words; /* borrowed: "KEY=VALUE", checked */
	int64_t before; /* seconds since 1970; INT64_MAX: no until */
	bool needs_config; /* until or label */
};

/* Check words, which stay borrowed; now is in seconds. ERROR_USAGE. */
int filter_parse(const struct strlist *words, int64_t now, struct filter *ret, struct error *err);

bool filter_has_image(const struct filter *filter, const struct layout *layout,
		      const struct descriptor *entry);

/* record_time: of the bundle's record, nanoseconds since 1970. */
bool filter_has_bundle(const struct filter *filter, const struct bundle *bundle,
		       int64_t record_time);

#endif

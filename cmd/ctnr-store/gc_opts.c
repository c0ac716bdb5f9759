/* SPDX-License-Identifier: Apache-2.0 */
#include "gc_opts.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/number.h"

#include <string.h>

static const char *const part_names[] = {
	[COLLECT_ALL] = "all",
	[COLLECT_IMAGES] = "image",
	[COLLECT_BUNDLES] = "bundle",
	[COLLECTION_PART_MAX] = NULL,
};

#define FIELD(name) offsetof(struct gc_opts, name)
const struct option gc_own_options[] = {
	{ "dry-run", 'n', NULL, "say what would go, and change nothing", OPTION_BOOL,
	  FIELD(dry_run), NULL },
	{ "grace", 0, "DUR", "spare blobs and layers that are younger (default 1h)",
	  OPTION_DURATION, FIELD(grace), NULL },
	{ "image-ttl", 'i', "DUR", "remove images that were not used for so long", OPTION_DURATION,
	  FIELD(image_ttl), NULL },
	{ "bundle-ttl", 'b', "DUR", "remove bundles that ended so long ago", OPTION_DURATION,
	  FIELD(bundle_ttl), NULL },
	{ "ref-ttl", 'r', "DUR", "remove names that were set so long ago", OPTION_DURATION,
	  FIELD(ref_ttl), NULL },
	{ "ref-max", 'm', "N", "keep the newest N names of each repository", OPTION_STRING,
	  FIELD(ref_max), NULL },
	{ "unnamed", 0, NULL, "remove images that have no name", OPTION_BOOL, FIELD(unnamed),
	  NULL },
	{ "keep-bytes", 0, "SIZE", "remove what is not used longest until the store is so small",
	  OPTION_SIZE, FIELD(keep_bytes), NULL },
	{ "min-free", 0, "SIZE", "... until so much is free: bytes, or N% of the filesystem",
	  OPTION_STRING, FIELD(min_free), NULL },
	{ "filter", 0, "FILTER", "only what fits: until=, label=, label!= or reference=",
	  OPTION_LIST, FIELD(filters), NULL },
	{ "only", 0, "WHAT", "collect all, image or bundle", OPTION_CHOICE, FIELD(only),
	  part_names },
	{ "json", 0, NULL, "print objects, at a terminal too", OPTION_BOOL, FIELD(common.json),
	  NULL },
	OPTION_END,
};

static int read_ref_max(const char *text, struct option_amount *ret, struct error *err)
{
	if (!text)
		return 0;
	ret->is_stated = true;
	if (number_parse(text, UINT32_MAX, &ret->value, err) < 0)
		return error_prefix(err, "option --ref-max");
	return 0;
}

static int read_min_free(const char *text, struct room *ret, struct error *err)
{
	size_t len = text ? strlen(text) : 0;
	autofree char *number = NULL;

	if (!text)
		return 0;
	ret->min_free.is_stated = true;
	ret->is_percent = len && text[len - 1] == '%';
	number = xstrndup(text, len - ret->is_percent);
	if ((ret->is_percent ? number_parse(number, 100, &ret->min_free.value, err)
			     : number_parse_size(number, INT64_MAX, &ret->min_free.value, err)) < 0)
		return error_prefix(err, "option --min-free");
	return 0;
}

/* What is asked for of one part alone makes no sense where only the other is collected. */
static int check_part(const struct gc_opts *opts, struct error *err)
{
	bool of_images = opts->image_ttl.is_stated || opts->ref_ttl.is_stated || opts->ref_max ||
			 opts->unnamed;

	if (opts->only == COLLECT_BUNDLES && of_images)
		return error_set(err, ERROR_USAGE,
				 "only bundles are collected, so no image can be removed");
	if (opts->only == COLLECT_IMAGES && opts->bundle_ttl.is_stated)
		return error_set(err, ERROR_USAGE,
				 "only images are collected, so no bundle can be removed");
	return 0;
}

int gc_opts_read(const struct gc_opts *opts, int64_t now, struct gc_request *ret, struct error *err)
{
	uint64_t grace = opts->grace.is_stated ? opts->grace.value : SWEEP_GRACE;
	struct gc_request request = {
		.policy = {
			.image_ttl = opts->image_ttl,
			.bundle_ttl = opts->bundle_ttl,
			.ref_ttl = opts->ref_ttl,
			.unnamed = opts->unnamed,
			.now = now,
			.grace = (int64_t)grace * CLOCK_NS,
		},
		.room.keep_bytes = opts->keep_bytes,
		.collection = {
			.part = (enum collection_part)opts->only,
			.dry_run = opts->dry_run,
			.cutoff = now - (int64_t)grace * CLOCK_NS,
			.spares_released = opts->grace.is_stated,
		},
	};

	if (read_ref_max(opts->ref_max, &request.policy.ref_max, err) < 0 ||
	    read_min_free(opts->min_free, &request.room, err) < 0 || check_part(opts, err) < 0 ||
	    filter_parse(&opts->filters, now / CLOCK_NS, &request.filter, err) < 0)
		return -1;
	request.needs_candidates = opts->image_ttl.is_stated || opts->bundle_ttl.is_stated ||
				   opts->ref_ttl.is_stated || opts->ref_max || opts->unnamed ||
				   opts->keep_bytes.is_stated || opts->min_free;
	if (opts->filters.len && !request.needs_candidates) {
		error_set(err, ERROR_USAGE, "option --filter: no name or bundle is to be removed");
		return error_hint(
			err,
			"a filter chooses among what --image-ttl, --bundle-ttl and so on take away");
	}
	*ret = request;
	return 0;
}

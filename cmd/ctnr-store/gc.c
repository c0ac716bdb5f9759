/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gc: delete what nothing needs, and before that the names and bundles that the options take away.
 *
 *  1. The options are read; then the names and bundles, where any may go.
 *  2. Which of them go follows from their times (collect/policy.h); for --keep-bytes and --min-free as many
 *     more, in the order of their last use, as make enough room.
 *  3. They go, and what only they needed (collect/collection.h).
 */
#include "gc_opts.h"
#include "verbs.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/message.h"
#include "oci/address.h"

#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* How many bytes have to come back so that there is room. */
static int find_need(struct collection *collection, const struct room *room, uint64_t *ret,
		     struct error *err)
{
	struct statvfs fs;
	uint64_t free_bytes;
	uint64_t wanted;
	uint64_t taken;

	*ret = 0;
	if (room->keep_bytes.is_stated) {
		if (collection_measure_store(collection, &taken, err) < 0)
			return -1;
		if (taken > room->keep_bytes.value)
			*ret = taken - room->keep_bytes.value;
	}
	if (!room->min_free.is_stated)
		return 0;
	if (fstatvfs(collection->store->dirfd, &fs) < 0)
		return error_errno(err, "cannot ask the filesystem of the store for its room");
	free_bytes = (uint64_t)fs.f_bavail * fs.f_frsize;
	wanted = room->is_percent ? (uint64_t)fs.f_blocks * fs.f_frsize / 100 * room->min_free.value
				  : room->min_free.value;
	if (wanted > free_bytes && wanted - free_bytes > *ret)
		*ret = wanted - free_bytes;
	return 0;
}

/* Choose the first n of an order, and say what would come back. */
static int estimate_first(struct collection *collection, const size_t *order, size_t n_order,
			  size_t n, uint64_t *ret, struct error *err)
{
	for (size_t i = 0; i < n_order; i++)
		collection->list->items[order[i]].goes = i < n;
	return collection_estimate(collection, ret, err);
}

/* Choose as few more as make enough room. What comes back grows with what is chosen, so that halving finds them. */
static int make_room(struct collection *collection, const struct gc_request *request,
		     struct error *err)
{
	autofree size_t *order = NULL;
	size_t n_order = policy_order(&request->policy, collection->list, &order);
	size_t low = 0;
	size_t high = n_order;
	uint64_t bytes;
	uint64_t need;

	if (find_need(collection, &request->room, &need, err) < 0)
		return -1;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (estimate_first(collection, order, n_order, middle, &bytes, err) < 0)
			return -1;
		if (bytes >= need)
			high = middle;
		else
			low = middle + 1;
	}
	if (estimate_first(collection, order, n_order, low, &bytes, err) < 0)
		return -1;
	if (bytes < need)
		message_warning("there is no more to remove, and less room than was asked for");
	return 0;
}

static int choose(struct collection *collection, const struct gc_request *request,
		  struct error *err)
{
	enum collection_part part = collection->opts.part;

	if (collection->layout && part != COLLECT_BUNDLES &&
	    candidates_read_names(collection->layout, &request->filter, collection->list, err) < 0)
		return -1;
	if (collection->store &&
	    candidates_read_bundles(collection->store, &request->filter, collection->list, err) < 0)
		return -1;
	policy_choose(&request->policy, collection->list);
	if (request->room.keep_bytes.is_stated || request->room.min_free.is_stated)
		return make_room(collection, request, err);
	return 0;
}

static struct report make_report(const struct gc_opts *opts)
{
	return (struct report) {
		.is_for_people = opts_list_form(&opts->common) == LIST_TABLE,
		.is_dry_run = opts->dry_run,
	};
}

static int collect(const struct gc_opts *opts, const struct gc_request *request,
		   const struct store *store, const struct layout *layout, struct error *err)
{
	autocandidates struct candidates list = CANDIDATES_INIT;
	struct report report = make_report(opts);
	struct collection collection = {
		.opts = request->collection,
		.store = store,
		.layout = layout,
		.list = &list,
		.report = &report,
	};
	int result;

	if (collection_init(&collection, err) < 0 ||
	    (request->needs_candidates && choose(&collection, request, err) < 0))
		return -1;
	result = collection_run(&collection, err);
	return report_total(&report, err) < 0 ? -1 : result;
}

/* The store has no images before the first was fetched. Returns 1, or 0 when there are none. */
static int open_images(const struct store *store, struct layout *ret, struct error *err)
{
	autofree char *path = xasprintf("%s/images", store->path);
	struct error cause = { 0 };

	if (layout_open(path, LAYOUT_READ, ret, &cause) == 0)
		return 1;
	return cause.code == ERROR_NOT_FOUND ? 0 : error_move(err, &cause);
}

static int collect_store(const struct gc_opts *opts, const struct gc_request *request,
			 struct error *err)
{
	autostore struct store store = STORE_INIT;
	autolayout struct layout layout = LAYOUT_INIT;
	const struct report nothing = make_report(opts);
	int there = opts_open_store(&opts->common, &store, err);

	if (there <= 0)
		return there < 0 ? -1 : report_total(&nothing, err);
	if (store_check_links(&store, err) < 0 ||
	    (!opts->dry_run && store_check_writable(&store, err) < 0))
		return -1;
	there = open_images(&store, &layout, err);
	return there < 0 ? -1 : collect(opts, request, &store, there ? &layout : NULL, err);
}

/* A layout elsewhere has names and blobs, and no bundles. */
static int collect_elsewhere(const struct gc_opts *opts, const struct gc_request *request,
			     const char *word, struct error *err)
{
	autoaddress struct address address = ADDRESS_INIT;
	autolayout struct layout layout = LAYOUT_INIT;

	/* Whatever else the word may be, it is not what is collected here. */
	if (address_parse(word, &address, NULL) < 0 || address.transport != TRANSPORT_OCI ||
	    address.reference)
		return error_set(err, ERROR_USAGE, "expected oci:DIR, got '%s'", word);
	if (request->collection.part == COLLECT_BUNDLES || opts->bundle_ttl.is_stated ||
	    opts->keep_bytes.is_stated || opts->min_free)
		return error_set(err, ERROR_USAGE,
				 "a layout has no bundles, and is no store to make room in");
	sync_apply(&opts->common.sync);
	if (layout_open(address.path, LAYOUT_READ, &layout, err) < 0)
		return -1;
	return collect(opts, request, NULL, &layout, err);
}

int gc(const void *opts_, const struct strlist *operands, struct error *err)
{
	const struct gc_opts *opts = opts_;
	struct gc_request request;

	if (operands->len > 1)
		return error_set(err, ERROR_USAGE, "unexpected operand '%s'", operands->items[1]);
	if (gc_opts_read(opts, clock_wall_ns(), &request, err) < 0)
		return -1;
	return operands->len ? collect_elsewhere(opts, &request, operands->items[0], err)
			     : collect_store(opts, &request, err);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/collection.h"

#include "collect/cache.h"
#include "collect/measure.h"

#include "base/alloc.h"
#include "base/message.h"
#include "oci/index_list.h"
#include "oci/tag.h"
#include "store/bundle.h"
#include "store/bundle_lock.h"
#include "store/leftover.h"
#include "store/refcache.h"
#include "system/fd.h"

#include <string.h>

int collection_init(struct collection *collection, struct error *err)
{
	if (!collection->store)
		return 0;
	if (identity_probe(&collection->identity, err) < 0)
		return -1;
	identity_idmap_name(&collection->identity, collection->idmap);
	return 0;
}

/* The files of mapped IDs are seen and deleted in the user namespace that owns them: entered when the first
 * of them is met, for good. */
static int enter_namespace(struct collection *collection, struct error *err)
{
	enum identity_rung rung = collection->identity.rung;

	if (collection->is_inside)
		return 0;
	collection->is_inside = true;
	if (rung != IDENTITY_SUBORDINATE && rung != IDENTITY_SINGLE)
		return 0;
	return identity_enter(&collection->identity, err);
}

/* The roots without, or within, what is chosen. */
static bool entry_stays(const struct descriptor *entry, void *data)
{
	return !choice_has_name(data, entry->digest.text,
				descriptor_annotation(entry, ANNOTATION_REF_NAME));
}

static bool bundle_stays(const struct bundle *bundle, void *data)
{
	return !choice_has_bundle(data, bundle->id);
}

static bool entry_goes(const struct descriptor *entry, void *data)
{
	return !entry_stays(entry, data);
}

static bool bundle_goes(const struct bundle *bundle, void *data)
{
	return !bundle_stays(bundle, data);
}

static bool entry_is_chosen(const char *digest, const char *name, const void *data)
{
	return choice_has_name(data, digest, name);
}

static int read_released(struct roots *released, struct error *err)
{
	if (roots_add_names(released, err) < 0)
		return -1;
	return roots_add_bundles(released, err);
}

static struct sweep_scope make_scope(const struct collection *collection,
				     const struct roots *released)
{
	return (struct sweep_scope) {
		.roots = { .layout = collection->layout, .store = collection->store },
		.cutoff = collection->opts.cutoff,
		.released = collection->opts.spares_released ? NULL : released,
		.idmap = collection->idmap,
	};
}

static int measure_layers(struct collection *collection, struct sweep *sweep, struct error *err)
{
	autoinodeset struct inode_set seen = INODE_SET_INIT;

	if (!sweep_has_layers(sweep))
		return 0;
	if (enter_namespace(collection, err) < 0)
		return -1;
	for (size_t i = 0; i < sweep->n_objects; i++) {
		struct sweep_object *object = &sweep->objects[i];
		autofree char *path = xasprintf("%s%s", object->path,
						object->fate == SWEEP_ASIDE ? ASIDE_SUFFIX : "");

		if (object->kind == SWEEP_LAYER)
			object->bytes = measure_layer(collection->store, path, &seen);
	}
	return 0;
}

static int measure_bundles(struct collection *collection, struct error *err)
{
	for (size_t i = 0; i < collection->list->len; i++) {
		struct candidate *item = &collection->list->items[i];

		if (item->kind != CANDIDATE_BUNDLE || !item->goes || item->is_measured)
			continue;
		if (enter_namespace(collection, err) < 0)
			return -1;
		item->bytes = measure_bundle(collection->store, item->name);
		item->is_measured = true;
	}
	return 0;
}

/* Find what would go if what is chosen were gone. */
static int look_ahead(struct collection *collection, struct sweep_scope *scope,
		      struct choice *choice, struct sweep *sweep, struct error *err)
{
	scope->roots.keeps_entry = entry_stays;
	scope->roots.keeps_bundle = bundle_stays;
	scope->roots.data = choice;
	if (sweep_look(sweep, err) < 0)
		return -1;
	return measure_layers(collection, sweep, err);
}

int collection_estimate(struct collection *collection, uint64_t *ret, struct error *err)
{
	autochoice struct choice choice;
	autoroots struct roots released;
	autosweep struct sweep sweep;
	struct roots_scope chosen = { collection->layout, collection->store, entry_goes,
				      bundle_goes, &choice };
	struct sweep_scope scope = make_scope(collection, &released);

	*ret = 0;
	choice_make(collection->list, &choice);
	roots_init(&released, &chosen);
	sweep_init(&sweep, &scope);
	if (measure_bundles(collection, err) < 0)
		return -1;
	if (collection->layout && (read_released(&released, err) < 0 ||
				   look_ahead(collection, &scope, &choice, &sweep, err) < 0))
		return -1;
	for (size_t i = 0; i < collection->list->len; i++)
		if (collection->list->items[i].goes)
			*ret += collection->list->items[i].bytes;
	for (size_t i = 0; i < sweep.n_objects; i++)
		if (sweep.objects[i].fate != SWEEP_STRAYED)
			*ret += sweep.objects[i].bytes + sweep.objects[i].derived_bytes;
	return 0;
}

int collection_measure_store(struct collection *collection, uint64_t *ret, struct error *err)
{
	if (enter_namespace(collection, err) < 0)
		return -1;
	*ret = measure_store(collection->store);
	return 0;
}

static int remove_names(struct collection *collection, const struct choice *choice,
			struct error *err)
{
	if (!collection->layout || json_object_size(choice->names) == 0)
		return 0;
	if (!collection->opts.dry_run &&
	    tag_remove_each(collection->layout, entry_is_chosen, choice, err) < 0)
		return -1;
	for (size_t i = 0; i < collection->list->len; i++) {
		const struct candidate *item = &collection->list->items[i];

		if (item->kind == CANDIDATE_NAME && item->goes &&
		    report_gone(collection->report, REPORT_NAME,
				item->name ? item->name : item->digest, 0, err) < 0)
			return -1;
	}
	return 0;
}

/* Returns 1 when it is gone, 0 when somebody uses it by now. */
static int remove_bundle(const struct store *store, const char *id, struct error *err)
{
	autobundle struct bundle bundle = BUNDLE_INIT;
	autoclose int lock = -EBADF;

	if (bundle_open_damaged(store, id, &bundle, NULL) < 0)
		return 0;
	lock = bundle_try_lock(&bundle, NULL);
	if (lock < 0)
		return 0;
	return bundle_remove(store, &bundle, err) < 0 ? -1 : 1;
}

static int remove_bundles(struct collection *collection, struct error *err)
{
	int result = measure_bundles(collection, err);

	for (size_t i = 0; result == 0 && i < collection->list->len; i++) {
		const struct candidate *item = &collection->list->items[i];
		struct error cause = { 0 };
		int gone;

		if (item->kind != CANDIDATE_BUNDLE || !item->goes)
			continue;
		gone = collection->opts.dry_run
			       ? 1
			       : remove_bundle(collection->store, item->name, &cause);
		if (gone > 0)
			gone = report_gone(collection->report, REPORT_BUNDLE, item->name,
					   item->bytes, &cause);
		if (gone < 0)
			result = error_move(err, &cause);
	}
	return result;
}

static int report_object(struct report *report, const struct sweep_object *object,
			 struct error *err)
{
	static const enum report_kind kinds[SWEEP_KIND_MAX] = {
		[SWEEP_DOCUMENT] = REPORT_MANIFEST,
		[SWEEP_BLOB] = REPORT_BLOB,
		[SWEEP_LAYER] = REPORT_LAYER,
	};

	return report_gone(report, kinds[object->kind], object->name,
			   object->bytes + object->derived_bytes, err);
}

static int report_sweep(const struct collection *collection, const struct sweep *sweep,
			struct error *err)
{
	for (size_t i = 0; i < sweep->n_objects; i++) {
		const struct sweep_object *object = &sweep->objects[i];
		bool goes = collection->opts.dry_run ? object->fate != SWEEP_STRAYED
						     : object->fate == SWEEP_DELETED;

		if (goes && report_object(collection->report, object, err) < 0)
			return -1;
	}
	return 0;
}

static bool is_reached(const char *digest, const void *data)
{
	return roots_have_blob(data, digest);
}

static int has_referrers(const struct roots_scope *scope, struct error *err)
{
	autoindexlist struct index_list list = INDEX_LIST_INIT;

	if (index_list_read(scope->layout, &list, err) < 0)
		return scope->store ? store_damaged(err) : -1;
	for (size_t i = 0; i < list.n_entries; i++) {
		autoindexentry struct index_entry entry = INDEX_ENTRY_INIT;

		index_list_get(&list, i, &entry);
		if (entry.is_referrer)
			return 1;
	}
	return 0;
}

/* Let go the referrers whose subject is gone. The roots are read for it where there are referrers at all. */
static int remove_stray_referrers(const struct sweep_scope *scope, struct error *err)
{
	autoroots struct roots roots;
	int found = has_referrers(&scope->roots, err);

	roots_init(&roots, &scope->roots);
	if (found <= 0)
		return found;
	if (roots_read(&roots, err) < 0)
		return -1;
	if (roots_count_stray_referrers(&roots) == 0)
		return 0;
	return tag_remove_referrers(scope->roots.layout, is_reached, &roots, err);
}

/* Sweep for good. What was chosen is gone, and released has what it reached. */
static int sweep_for_good(struct collection *collection, struct sweep *sweep, struct error *err)
{
	autoclose int lock = sweep_lock(collection->layout, err);
	int result;

	if (lock < 0 || sweep_look(sweep, err) < 0 || measure_layers(collection, sweep, err) < 0)
		return -1;
	result = sweep_run(sweep, err);
	return report_sweep(collection, sweep, err) < 0 ? -1 : result;
}

static int sweep_content(struct collection *collection, struct choice *choice,
			 const struct roots *released, struct error *err)
{
	struct sweep_scope scope = make_scope(collection, released);
	autosweep struct sweep sweep;

	sweep_init(&sweep, &scope);
	if (collection->opts.dry_run)
		return look_ahead(collection, &scope, choice, &sweep, err) < 0
			       ? -1
			       : report_sweep(collection, &sweep, err);
	if (remove_stray_referrers(&scope, err) < 0)
		return -1;
	return sweep_for_good(collection, &sweep, err);
}

/* Which part does what is left belong to? */
static bool part_has_leftover(enum collection_part part, enum leftover_kind kind)
{
	bool is_of_image = kind == LEFTOVER_LAYER || kind == LEFTOVER_BLOB;
	bool is_of_bundle = kind == LEFTOVER_BUNDLE || kind == LEFTOVER_ROOTFS;

	if (part == COLLECT_ALL)
		return true;
	return part == COLLECT_IMAGES ? is_of_image : is_of_bundle;
}

/* What is left is listed first and removed then, so that the list is not of what changes meanwhile. */
struct leftover_list {
	const struct collection *collection;
	const struct store *store; /* or the layout that is in none */
	struct strlist paths;
	enum leftover_kind *kinds;
};

static void leftover_list_release(struct leftover_list *list)
{
	strlist_release(&list->paths);
	free(list->kinds);
}

static int add_leftover(const struct leftover *leftover, void *data, struct error *err)
{
	struct leftover_list *list = data;

	(void)err;
	if (leftover->in_use || !part_has_leftover(list->collection->opts.part, leftover->kind) ||
	    leftover_is_wanted(list->store, leftover, list->collection->opts.cutoff))
		return 0;
	strlist_append(&list->paths, leftover->path);
	list->kinds = xrealloc(list->kinds, list->paths.len, sizeof(*list->kinds));
	list->kinds[list->paths.len - 1] = leftover->kind;
	return 0;
}

static int remove_leftover(struct collection *collection, const struct store *store,
			   const struct leftover *leftover, struct inode_set *seen,
			   struct error *err)
{
	uint64_t bytes = measure_leftover(store, leftover, seen);
	int gone = collection->opts.dry_run ? 1 : leftover_remove(store, leftover, err);

	if (gone <= 0)
		return gone;
	return report_gone(collection->report, REPORT_LEFTOVER, leftover->path, bytes, err);
}

static int remove_leftovers(struct collection *collection, struct error *err)
{
	const struct store layout = { .path = collection->layout ? collection->layout->path : NULL,
				      .dirfd = collection->layout ? collection->layout->dirfd
								  : -EBADF };
	autocleanup(leftover_list_release) struct leftover_list list = {
		.collection = collection, .store = collection->store ? collection->store : &layout
	};
	autoinodeset struct inode_set seen = INODE_SET_INIT;
	int result = collection->store
			     ? leftovers_each(list.store, add_leftover, &list, err)
			     : leftovers_each_in_layout(list.store, add_leftover, &list, err);

	if (collection->store && list.paths.len && enter_namespace(collection, err) < 0)
		return -1;
	for (size_t i = 0; i < list.paths.len; i++) {
		const struct leftover leftover = { list.kinds[i], list.paths.items[i], false };

		if (remove_leftover(collection, list.store, &leftover, &seen, err) < 0)
			result = -1;
	}
	return result;
}

static int report_cache(const char *path, uint64_t bytes, void *data, struct error *err)
{
	struct collection *collection = data;

	if (!collection->opts.dry_run)
		unlinkat(collection->store->dirfd, path, 0);
	return report_gone(collection->report, REPORT_CACHE, path, bytes, err);
}

/* Caches of what is gone. All that was looked up in index.json is known no more when it changes. */
static int remove_caches(struct collection *collection, const struct choice *choice,
			 struct error *err)
{
	const struct cache_scope scope = {
		.store = collection->store,
		.layout = collection->layout,
		.cutoff = collection->opts.cutoff,
		.index_changed = json_object_size(choice->names) > 0,
	};

	return cache_each_stale(&scope, report_cache, collection, err);
}

/* The steps that a failure of one before does not hinder. */
static int run_steps(struct collection *collection, struct choice *choice,
		     const struct roots *released, struct error *err)
{
	bool has_images = collection->layout && collection->opts.part != COLLECT_BUNDLES;
	struct error causes[4] = { 0 };
	int result = 0;

	if (collection->store)
		remove_bundles(collection, &causes[0]);
	if (has_images)
		sweep_content(collection, choice, released, &causes[1]);
	remove_leftovers(collection, &causes[2]);
	if (has_images && collection->store)
		remove_caches(collection, choice, &causes[3]);
	for (size_t i = 0; i < array_size(causes); i++) {
		if (!causes[i].code)
			continue;
		if (result < 0)
			message_error(err);
		result = error_move(err, &causes[i]);
	}
	return result;
}

int collection_run(struct collection *collection, struct error *err)
{
	autochoice struct choice choice;
	autoroots struct roots released;
	struct roots_scope chosen = { collection->layout, collection->store, entry_goes,
				      bundle_goes, &choice };

	choice_make(collection->list, &choice);
	roots_init(&released, &chosen);
	if (collection->layout && collection->opts.part != COLLECT_BUNDLES &&
	    !choice_is_empty(&choice) && read_released(&released, err) < 0)
		return -1;
	if (remove_names(collection, &choice, err) < 0)
		return -1;
	return run_steps(collection, &choice, &released, err);
}

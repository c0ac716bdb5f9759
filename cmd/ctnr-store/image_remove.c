/* SPDX-License-Identifier: Apache-2.0 */
/*
 * image rm, and index rm and artifact rm, which remove nothing else, in this order:
 *
 *  1. Of each image that is named, what it consists of is noted; then its entries leave index.json.
 *  2. When all names are gone, what was noted and nothing needs any more is deleted, in each layout once,
 *     and in the store the unpacked layers too (collect/sweep.h).
 *
 * A kill in between leaves blobs that nothing names, never a name whose blobs are gone.
 */
#include "collect/sweep.h"
#include "image_kind.h"
#include "operand.h"
#include "opts.h"
#include "removed.h"
#include "target.h"
#include "verbs.h"

#include "base/alloc.h"
#include "base/message.h"
#include "oci/tag.h"
#include "store/reclaim.h"
#include "store/refcache.h"
#include "system/fd.h"
#include "system/identity.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A layout that images were removed from. */
struct place {
	struct layout layout;
	bool is_store;
	struct roots_scope scope;
	struct roots removed; /* what the removed images consist of */
	struct strlist digests; /* of these images */
};

struct removal {
	const struct store *store;
	struct place **places;
	size_t n_places;
	enum image_kind kind; /* of what may be removed; IMAGE_KIND_MAX: all */
	bool force;
};

static void place_free(struct place *place)
{
	if (!place)
		return;
	layout_release(&place->layout);
	roots_release(&place->removed);
	strlist_release(&place->digests);
	free(place);
}

static void place_cleanup(struct place **place)
{
	place_free(*place);
}

static void removal_release(struct removal *removal)
{
	for (size_t i = 0; i < removal->n_places; i++)
		place_free(removal->places[i]);
	free(removal->places);
}

/* The place of a target's layout, borrowed from the removal. */
static struct place *open_place(struct removal *removal, const struct target *target,
				struct error *err)
{
	autocleanup(place_cleanup) struct place *place = NULL;

	for (size_t i = 0; i < removal->n_places; i++)
		if (strcmp(removal->places[i]->layout.path, target->layout) == 0)
			return removal->places[i];
	place = xcalloc(1, sizeof(*place));
	place->layout = (struct layout)LAYOUT_INIT;
	place->is_store = target->in_store;
	if (layout_open(target->layout, LAYOUT_READ, &place->layout, err) < 0)
		return NULL;
	place->scope = (struct roots_scope) {
		.layout = &place->layout,
		.store = target->in_store ? removal->store : NULL,
	};
	roots_init(&place->removed, &place->scope);
	removal->places =
		xrealloc(removal->places, removal->n_places + 1, sizeof(*removal->places));
	removal->places[removal->n_places++] = place;
	return steal(&place);
}

/* Take the entries out of index.json, and say whose names are gone. */
static int remove_entries(const struct removal *removal, const struct layout *layout,
			  const struct target *target, struct error *err)
{
	autostrlist struct strlist names = STRLIST_INIT;

	if (target->name) {
		if (tag_remove_with(layout, target->name, &target->entry.digest, err) < 0)
			return -1;
		return removed_print(REMOVED_NAME, target->name, err);
	}
	if (tag_remove_digest(layout, &target->entry.digest,
			      removal->force ? TAG_SEVERAL_REMOVED : TAG_SEVERAL_REFUSED, &names,
			      err) < 0)
		return error_errno_is(err, 0)
			       ? error_hint(err, "remove it by each name, or with --force")
			       : -1;
	for (size_t i = 0; i < names.len; i++)
		if (removed_print(REMOVED_NAME, names.items[i], err) < 0)
			return -1;
	return 0;
}

static int remove_target(struct removal *removal, const struct target *target, struct error *err)
{
	struct place *place = open_place(removal, target, err);

	if (!place || image_kind_check(&place->layout, &target->entry, removal->kind, err) < 0)
		return -1;
	reach_add(&place->removed.reach, &target->entry);
	if (remove_entries(removal, &place->layout, target, err) < 0)
		return -1;
	strlist_append(&place->digests, target->entry.digest.text);
	return 0;
}

static int remove_word(const char *word, void *data, struct error *err)
{
	struct removal *removal = data;
	autotarget struct target target = TARGET_INIT;
	struct error cause = { 0 };

	if (target_find_present(removal->store, word, &target, &cause) < 0) {
		if (!removal->force || cause.code != ERROR_NOT_FOUND)
			return error_move(err, &cause);
		message_warning("%s, nothing to remove", cause.message);
		return 0;
	}
	if (remove_target(removal, &target, err) < 0)
		return error_prefix(err, "image '%s'", word);
	return 0;
}

/* Say which of the removed images are gone. */
static int print_deleted(const struct place *place, const struct sweep *sweep, struct error *err)
{
	for (size_t i = 0; i < sweep->n_objects; i++) {
		const struct sweep_object *object = &sweep->objects[i];

		if (object->fate == SWEEP_DELETED && object->kind != SWEEP_LAYER &&
		    strlist_contains(&place->digests, object->name) &&
		    removed_print(REMOVED_IMAGE, object->name, err) < 0)
			return -1;
	}
	return 0;
}

/* Find what nothing needs any more. The names are gone already: where it cannot be told what the other images
 * need, the content waits for a collection. */
static bool find_content(struct sweep *sweep)
{
	struct error cause = { 0 };

	if (sweep_look(sweep, &cause) == 0)
		return true;
	message_warning("%s, keeping the blobs of what was removed", cause.message);
	message_print("hint", "'ctnr check --repair' mends it, then 'ctnr gc' deletes them", "");
	return false;
}

/* Delete what nothing needs any more of the images that were removed from a layout. */
static int delete_content(struct place *place, struct error *err)
{
	char idmap[IDMAP_NAME_MAX] = "";
	struct identity identity = { 0 };
	const struct sweep_scope scope = {
		.roots = place->scope,
		.released = &place->removed,
		.released_only = true,
		.idmap = idmap,
	};
	autosweep struct sweep sweep;
	autoclose int lock = -EBADF;
	int result;

	sweep_init(&sweep, &scope);
	if (place->is_store) {
		if (roots_know_layers(&place->removed, err) < 0 ||
		    identity_probe(&identity, err) < 0)
			return -1;
		identity_idmap_name(&identity, idmap);
	}
	lock = sweep_lock(&place->layout, err);
	if (lock < 0)
		return -1;
	if (!find_content(&sweep))
		return 0;
	if (sweep_has_layers(&sweep) && identity.rung != IDENTITY_PRIVILEGED &&
	    identity_enter(&identity, err) < 0)
		return -1;
	result = sweep_run(&sweep, err);
	return print_deleted(place, &sweep, err) < 0 ? -1 : result;
}

/* In the order of the words, but the store last: the user namespace is entered there, for good. */
static int delete_contents(const struct removal *removal, struct error *err)
{
	int result = 0;

	for (int is_store = 0; is_store <= 1; is_store++)
		for (size_t i = 0; i < removal->n_places; i++)
			if (removal->places[i]->is_store == is_store &&
			    delete_content(removal->places[i], err) < 0)
				result = -1;
	return result;
}

static int remove_images(const struct store_opts *opts, const struct strlist *operands,
			 enum image_kind kind, struct error *err)
{
	autostore struct store store = STORE_INIT;
	autocleanup(removal_release) struct removal removal = { .store = &store,
								.kind = kind,
								.force = opts->force };
	struct error cause = { 0 };
	int deleted;
	int status;

	if (operands->len == 0)
		return error_set(err, ERROR_USAGE, "no %s given", image_kind_name(kind));
	if (opts_open_store(opts, &store, err) < 0 ||
	    (store.path && store_check_links(&store, err) < 0))
		return -1;
	status = operand_each(operands, remove_word, &removal, err);
	if (store.path)
		refcache_clear(&store);
	deleted = delete_contents(&removal, &cause);
	/* What other commands left that were killed in the middle of it. */
	if (store.path && store.writable && reclaim_is_needed(&store))
		reclaim_start(&store);
	if (deleted == 0)
		return status;
	if (status < 0)
		return -1;
	return error_move(err, &cause);
}

int image_rm(const void *opts, const struct strlist *operands, struct error *err)
{
	return remove_images(opts, operands, IMAGE_KIND_MAX, err);
}

int index_rm(const void *opts, const struct strlist *operands, struct error *err)
{
	return remove_images(opts, operands, IMAGE_KIND_INDEX, err);
}

int artifact_rm(const void *opts, const struct strlist *operands, struct error *err)
{
	return remove_images(opts, operands, IMAGE_KIND_ARTIFACT, err);
}

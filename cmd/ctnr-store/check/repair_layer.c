/* SPDX-License-Identifier: Apache-2.0 */
#include "check/origin.h"
#include "check/remake.h"
#include "check/repair.h"

#include "base/alloc.h"
#include "store/bundle.h"
#include "store/bundle_lock.h"
#include "store/bundle_stack.h"
#include "store/trash.h"
#include "system/fd.h"
#include "system/identity.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct layer_repair {
	struct repair *repair;
	struct identity identity;
	char idmap[IDMAP_NAME_MAX];
};

/* "layers/IDMAP/ALG/HEX": of the mapping of this user? */
static bool is_own_layer(const struct layer_repair *work, const char *path)
{
	autofree char *prefix = xasprintf("layers/%s/", work->idmap);

	return str_starts_with(path, prefix);
}

static bool has_link(const struct bundle *bundle, const char *path)
{
	autostrlist struct strlist layers = STRLIST_INIT;

	bundle_stack_list_layers(bundle->dirfd, &layers);
	return strlist_contains(&layers, path + strlen("layers/"));
}

/* The bundles that link to a layer. */
struct user_search {
	const struct scope *scope;
	const char *path; /* of the layer */
	bool is_used; /* there is a bundle that links to it */
	char *running; /* ID of one whose container has the layer mounted, or may soon; new */
	struct image image; /* of one of them; layout NULL: not known */
};

/* The image of a bundle, as its record has it or its layers tell; ret is new, or unknown. */
static void find_image(const struct scope *scope, const struct bundle *bundle, struct image *ret)
{
	autobundle struct bundle again = BUNDLE_INIT;

	if (bundle_open_damaged(scope->store, bundle->id, &again, NULL) < 0)
		return;
	origin_find(scope, ORIGIN_ANY, &again);
	*ret = again.image;
	again.image = (struct image)IMAGE_INIT;
}

static int look_at_user(const struct bundle *bundle, void *data, struct error *err)
{
	struct user_search *search = data;
	autoclose int lock = -EBADF;

	(void)err;
	if (!has_link(bundle, search->path))
		return 0;
	search->is_used = true;
	lock = bundle_try_lock(bundle, NULL);
	if (lock < 0 && !search->running)
		search->running = xstrdup(bundle->id);
	if (!search->image.layout)
		find_image(search->scope, bundle, &search->image);
	return 0;
}

static int delete_trash(void *data, struct error *err)
{
	const void **arguments = data;

	return trash_delete(arguments[0], arguments[1], err);
}

/* What stays is in the trash, for the next command. */
static void delete_layer(const struct layer_repair *work, const char *trash)
{
	const void *arguments[] = { work->repair->scope->store, trash };

	identity_run(&work->identity, delete_trash, arguments, NULL);
}

/* Unpack a layer again that is in the trash. */
static int replace_layer(const struct layer_repair *work, const struct user_search *search,
			 struct error *err)
{
	const struct store *store = work->repair->scope->store;
	struct stat st;

	if (search->running)
		return error_set(err, ERROR_FAILED, "it is mounted by '%s': stop that first",
				 search->running);
	if (!search->image.layout)
		return error_set(err, ERROR_FAILED, "no bundle knows which image it is of");
	if (remake_layers(store, &search->image, err) < 0)
		return -1;
	if (fstatat(store->dirfd, search->path, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return error_set(err, ERROR_FAILED, "the image has no such layer any more");
	return 0;
}

static void repair_layer(const struct layer_repair *work, struct finding *finding)
{
	const struct store *store = work->repair->scope->store;
	struct user_search search = { .scope = work->repair->scope, .path = finding->path };
	autofree char *trash = NULL;
	struct error cause = { 0 };

	if (!is_own_layer(work, finding->path)) {
		repair_refuse(finding, "it is of another mapping of IDs than this user's");
		return;
	}
	trash = trash_move(store, store->dirfd, finding->path, &cause);
	if (!trash) {
		if (cause.saved_errno != ENOENT)
			repair_refuse(finding, "%s", cause.message);
		return;
	}
	/* A bundle may have come since the layer was found. */
	if (bundle_each_surely(store, look_at_user, &search, &cause) < 0 ||
	    ((search.is_used || finding->remedy == REMEDY_UNPACK) &&
	     replace_layer(work, &search, &cause) < 0)) {
		renameat2(store->dirfd, trash, store->dirfd, finding->path, RENAME_NOREPLACE);
		repair_refuse(finding, "%s", cause.message);
	} else {
		delete_layer(work, trash);
	}
	free(search.running);
	image_release(&search.image);
}

/* A bundle's layer is gone: "ID/lower/N". */
static void repair_link(const struct layer_repair *work, struct finding *finding)
{
	autofree char *id = xstrndup(finding->name, strcspn(finding->name, "/"));
	const struct scope *scope = work->repair->scope;
	autobundle struct bundle bundle = BUNDLE_INIT;
	struct error cause = { 0 };

	if (bundle_open_damaged(scope->store, id, &bundle, &cause) < 0) {
		repair_refuse(finding, "%s", cause.message);
		return;
	}
	origin_find(scope, ORIGIN_ANY, &bundle);
	if (!bundle.image.layout)
		repair_refuse(finding, "which image it was made from is not known");
	else if (remake_layers(scope->store, &bundle.image, &cause) < 0)
		repair_refuse(finding, "%s", cause.message);
}

static void repair_finding(const struct layer_repair *work, struct finding *finding)
{
	if (!finding->is_damage || !finding->path)
		return;
	if (finding->kind == FINDING_LAYER)
		repair_layer(work, finding);
	else if (finding->kind == FINDING_BUNDLE && finding->remedy == REMEDY_UNPACK)
		repair_link(work, finding);
}

void repair_layers(struct repair *repair)
{
	struct layer_repair work = { .repair = repair };

	if (identity_probe(&work.identity, NULL) < 0)
		return;
	identity_idmap_name(&work.identity, work.idmap);
	for (size_t i = 0; i < repair->findings->len; i++)
		repair_finding(&work, &repair->findings->items[i]);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bundle rm: all bundles are opened and locked first; then the user namespace that owns their files
 * is entered, once; then they are deleted. A bundle whose container runs is refused, or with --force
 * the container is killed first.
 *
 * A name is printed when the bundle's files are deleted, so that the room is there when the command has
 * ended; what killed commands left is deleted behind its back.
 */
#include "operand.h"
#include "opts.h"
#include "removed.h"
#include "verbs.h"

#include "base/alloc.h"
#include "base/message.h"
#include "store/bundle.h"
#include "store/bundle_lock.h"
#include "store/reclaim.h"
#include "system/fd.h"
#include "system/identity.h"

#include <stdlib.h>
#include <string.h>

struct locked_bundle {
	struct bundle bundle;
	int lock;
};

struct removal {
	const struct store *store;
	struct locked_bundle *items;
	size_t len;
	bool force;
};

static void removal_release(struct removal *removal)
{
	for (size_t i = 0; i < removal->len; i++) {
		bundle_release(&removal->items[i].bundle);
		fd_close(&removal->items[i].lock);
	}
	free(removal->items);
}

static bool is_locked_already(const struct removal *removal, const struct bundle *bundle)
{
	for (size_t i = 0; i < removal->len; i++)
		if (strcmp(removal->items[i].bundle.path, bundle->path) == 0)
			return true;
	return false;
}

/* Lock a bundle from which no container runs any more. */
static int lock_for_removal(const struct removal *removal, const struct bundle *bundle,
			    struct error *err)
{
	int lock;

	if (removal->force && bundle_kill_container(bundle, err) < 0)
		return -1;
	lock = bundle_lock(bundle, err);
	if (lock < 0 && error_is(err, ERROR_FAILED) && error_errno_is(err, 0))
		error_default_hint(err, "wait for its end, or give --force, which kills it");
	return lock;
}

static int lock_bundle_of_word(struct removal *removal, const char *word, struct error *err)
{
	autobundle struct bundle bundle = BUNDLE_INIT;
	int lock;

	if (bundle_open_damaged(removal->store, word, &bundle, err) < 0)
		return -1;
	/* A bundle that is named twice is locked by ourselves. */
	if (is_locked_already(removal, &bundle))
		return 0;
	/* A lock is a file, and none is made in a directory that is not the store's. */
	if (bundle_check_registered(removal->store, &bundle, err) < 0)
		return -1;
	lock = lock_for_removal(removal, &bundle, err);
	if (lock < 0)
		return -1;
	removal->items[removal->len++] = (struct locked_bundle) { bundle, lock };
	bundle = (struct bundle)BUNDLE_INIT;
	return 0;
}

/* With --force what is not there is no error: a container of --rm may have removed its bundle when it
 * was killed. */
static int lock_word(const char *word, void *data, struct error *err)
{
	struct removal *removal = data;
	struct error cause = { 0 };

	if (lock_bundle_of_word(removal, word, &cause) == 0)
		return 0;
	if (!removal->force || cause.code != ERROR_NOT_FOUND)
		return error_move(err, &cause);
	message_warning("%s, nothing to remove", cause.message);
	return 0;
}

/* Files of subordinate IDs can only be deleted from inside. Without user namespaces nothing of
 * that kind can have been made. */
static int enter_namespace(struct error *err)
{
	struct identity identity;

	if (identity_probe(&identity, err) < 0)
		return -1;
	if (identity.rung != IDENTITY_SUBORDINATE && identity.rung != IDENTITY_SINGLE)
		return 0;
	return identity_enter(&identity, err);
}

/* The volumes of the image are in the bundle, so that they cannot stay without it. */
static int check_volumes(enum option_state volumes, struct error *err)
{
	if (volumes != OPTION_FALSE)
		return 0;
	error_set(err, ERROR_USAGE,
		  "option --volumes: the image's volumes are in the bundle, and go with it");
	return error_hint(err, "a volume with a name stays: ctnr run -v NAME:/DIR");
}

int bundle_rm(const void *opts_, const struct strlist *operands, struct error *err)
{
	const struct store_opts *opts = opts_;
	autostore struct store store = STORE_INIT;
	autocleanup(removal_release) struct removal removal = { 0 };
	int there;
	int status;

	if (operands->len == 0)
		return error_set(err, ERROR_USAGE, "no %s given", bundle_word());
	if (check_volumes(opts->volumes, err) < 0)
		return -1;
	there = opts_open_store(opts, &store, err);
	if (there < 0)
		return -1;
	removal.store = there ? &store : NULL;
	removal.force = opts->force;
	removal.items = xcalloc(operands->len, sizeof(*removal.items));
	status = operand_each(operands, lock_word, &removal, err);
	if (removal.len == 0)
		return status;
	if (enter_namespace(err) < 0)
		return -1;
	for (size_t i = 0; i < removal.len; i++) {
		const struct bundle *bundle = &removal.items[i].bundle;
		struct error cause = { 0 };

		if (bundle_remove(removal.store, bundle, &cause) == 0 &&
		    removed_print(REMOVED_BUNDLE, bundle->id, &cause) == 0)
			continue;
		message_error(&cause);
		if (!status)
			status = cause.code;
	}
	/* What other commands left that were killed in the middle of it. */
	if (reclaim_is_needed(removal.store))
		reclaim_start(removal.store);
	return status;
}

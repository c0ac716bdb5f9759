/* SPDX-License-Identifier: Apache-2.0 */
#include "store/reclaim.h"

#include "store/bundle.h"
#include "store/bundle_lock.h"
#include "store/ephemeral.h"
#include "store/trash.h"
#include "system/background.h"
#include "system/fd.h"
#include "system/process_mark.h"

#include <errno.h>
#include <stdio.h>

bool reclaim_is_needed(const struct store *store)
{
	autostore struct store home = STORE_INIT;
	autostrlist struct strlist ids = STRLIST_INIT;

	if (store_for_writing(store, &home, NULL) < 0)
		return false;
	ephemeral_list_orphans(&home, &ids);
	return ids.len || trash_waits(&home);
}

static bool is_orphan(const struct store *home, const char *id)
{
	char mark[PROCESS_MARK_MAX];

	return *ephemeral_owner(home, id, mark) &&
	       process_mark_fate(mark, NULL, NULL) == PROCESS_GONE;
}

int reclaim_bundle(const struct store *home, const char *id, struct error *err)
{
	autobundle struct bundle bundle = BUNDLE_INIT;
	autoclose int lock = -EBADF;
	struct error cause = { 0 };

	if (bundle_open_damaged(home, id, &bundle, &cause) < 0) {
		if (cause.code != ERROR_NOT_FOUND)
			return error_move(err, &cause);
		if (is_orphan(home, id))
			ephemeral_clear(home, id);
		return 0;
	}
	lock = bundle_try_lock(&bundle, NULL);
	/* Look again: before we had the lock, another process may have become the owner. */
	if (lock < 0 || !is_orphan(home, id))
		return 0;
	return bundle_remove(home, &bundle, err) < 0 ? -1 : 1;
}

void reclaim(const struct store *store, enum lock_wait wait)
{
	autostore struct store home = STORE_INIT;
	autostrlist struct strlist ids = STRLIST_INIT;
	autoclose int lock = -EBADF;

	if (store_for_writing(store, &home, NULL) < 0)
		return;
	/* Not every filesystem has locks: two that delete the same harm nobody. */
	lock = trash_lock(&home, wait);
	if (lock < 0 && errno == EWOULDBLOCK)
		return;
	ephemeral_list_orphans(&home, &ids);
	for (size_t i = 0; i < ids.len; i++)
		reclaim_bundle(&home, ids.items[i], NULL);
	trash_empty(&home);
}

static int reclaim_waiting(void *data, struct error *err)
{
	(void)err;
	reclaim(data, LOCK_WAIT);
	return 0;
}

void reclaim_run(const struct store *store, const struct identity *identity)
{
	identity_run(identity, reclaim_waiting, (void *)store, NULL);
}

/* data is the store, whose directory is fd here, or NULL. */
static void reclaim_in_background(int fd, void *data)
{
	struct identity identity;
	struct store store;

	if (identity_probe(&identity, NULL) < 0 || identity_enter(&identity, NULL) < 0)
		return;
	if (!data) {
		reclaim(NULL, LOCK_TRY);
		return;
	}
	store = *(struct store *)data;
	store.dirfd = fd;
	reclaim(&store, LOCK_TRY);
}

void reclaim_start(const struct store *store)
{
	fflush(stdout);
	background_start("ctnr-reclaim", store ? store->dirfd : -EBADF, reclaim_in_background,
			 (void *)store, NULL);
}

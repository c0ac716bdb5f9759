/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ephemeral bundles: those that are made for one run (ctnr run --rm). Such a bundle has an entry
 * bundles/.ephemeral/ID, a symlink whose text is the mark (process_mark.h) of its owner: of the
 * process that makes it, and then of the one that runs it. When the owner has ended and no
 * container runs from the bundle, the next command reclaims it (reclaim.h).
 *
 * Entries are where the bundles are: STORE is what store_for_writing() gives.
 */
#ifndef STORE_EPHEMERAL_H
#define STORE_EPHEMERAL_H

#include "base/error.h"
#include "base/str.h"
#include "store/store.h"
#include "system/process_mark.h"

#include <stdbool.h>
#include <sys/types.h>

/* Say that the bundle with that ID is for one run, and that it belongs to a process from now on. */
int ephemeral_set_owner(const struct store *store, const char *id, pid_t owner, struct error *err);

/* Will the bundle be removed when its run ends? */
bool ephemeral_has_owner(const struct store *store, const char *id);

/* The same of a bundle that is open at bundlefd, by the entry in the folder that it is in: no store need be
 * open for that. A bundle elsewhere, registered by its path, is taken for one that stays. */
bool ephemeral_is_bundle(int bundlefd, const char *id);

/* The rest is for those that remove and reclaim bundles; home is what store_for_writing() gave. */

/* The mark of the owner, in the caller's buffer; "" when the bundle is not ephemeral. */
const char *ephemeral_owner(const struct store *home, const char *id, char mark[PROCESS_MARK_MAX]);

/* The bundle is not ephemeral any more, or is gone. */
void ephemeral_clear(const struct store *home, const char *id);

/* The IDs of the ephemeral bundles whose owner has ended. In a place where nothing runs this is
 * the reading of one empty directory. */
void ephemeral_list_orphans(const struct store *home, struct strlist *ret);

#endif

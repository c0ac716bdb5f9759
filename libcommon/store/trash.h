/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Deleting from the store: first a rename into trash/, so that nobody ever sees a half-deleted
 * bundle or layer, then the work. A name in trash/ is MARK.RANDOM, the mark (process_mark.h) of the
 * process that deletes, with '_' for blanks: what a living process is deleting is left to it.
 */
#ifndef STORE_TRASH_H
#define STORE_TRASH_H

#include "base/error.h"
#include "store/store.h"
#include "system/fd.h"
#include "system/lock.h"
#include "system/process_mark.h"

#include <stdbool.h>

/* Rename dirfd/path into trash/, and delete it there. In the user namespace that owns the files. With
 * FILE_SYNC the rename is synced before anything is deleted: no loss of power brings a part of it back. What
 * NFS or FUSE keeps of a file that is still open, as a bundle's lock is, stays for trash_empty(). What cannot
 * be renamed, because the disk has no room for it or it is on another filesystem, is deleted where it is, and
 * a kill leaves a part of it there. */
int trash_discard(const struct store *store, int dirfd, const char *path, enum file_sync sync,
		  struct error *err);

/* The two steps: trash_move() returns the new path within the store, new; NULL on failure. */
char *trash_move(const struct store *store, int dirfd, const char *path, struct error *err);
int trash_delete(const struct store *store, const char *trash, struct error *err);

/* Was that entry of trash/ left by a process that is gone? A caller that asks about several passes the same
 * scope each time. */
bool trash_is_abandoned(const char *name, struct process_scope *scope);

/* Does trash/ hold what a process left that is gone? What a living one is deleting does not count. */
bool trash_waits(const struct store *store);

/* Take the lock of those who delete what others left: one at a time is enough. Returns the descriptor, or -1
 * with errno: EWOULDBLOCK when another has it (LOCK_TRY), or what keeps trash/ from being opened or locked. */
int trash_lock(const struct store *store, enum lock_wait wait);

/* Delete what processes left in trash/ that are gone. Callers of mapped stores are in the user namespace
 * already. Errors are not reported: the next command tries again. */
void trash_empty(const struct store *store);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who may change a bundle now. Its file "lock" does two things (theory of operation in state.h):
 *
 *  - It is locked (flock(2)) by the one command that changes the bundle: that starts or removes a
 *    container in it, updates or removes the bundle. No lock is held while a container runs.
 *  - Its text names the container that runs from the bundle, whatever ID and state directory that
 *    was started with: two lines, the mark of the container's first process (process_mark.h) and
 *    the path of its state. An empty first line, or a mark whose process is gone: none runs.
 *
 *	autoclose int lock = bundle_lock(&bundle, err);
 *
 *	if (lock < 0)
 *		return -1;
 *	... no container runs from the bundle, and none starts until lock is closed
 */
#ifndef STORE_BUNDLE_LOCK_H
#define STORE_BUNDLE_LOCK_H

#include "base/error.h"
#include "store/bundle.h"
#include "store/state.h"

/* Lock a bundle from which no container runs; waits up to about a second for another command.
 * Returns the fd that holds the lock. Failures: ERROR_FAILED without errno "container 'ID' is
 * running", ERROR_TEMPORARY when another command keeps the lock, ERROR_NOT_FOUND when the bundle
 * was removed since it was opened. */
int bundle_lock(const struct bundle *bundle, struct error *err);

/* The same without waiting for another command. */
int bundle_try_lock(const struct bundle *bundle, struct error *err);

/* Lock again what bundle_lock() returned and bundle_unlock() unlocked, or is locked still, with the
 * same failures. Returns 0. */
int bundle_lock_again(const struct bundle *bundle, int lock, struct error *err);

/* Let other commands go on, in all processes that have inherited the lock. */
void bundle_unlock(int lock);

/* Remove the bundle's file where no container has run yet, so that a directory that turned out to be
 * none of ours is left as it was. The caller holds the lock, and closes it next. */
void bundle_discard_lock(const struct bundle *bundle, int lock);

/* Name the container that runs from the bundle, in the bundle's file. The caller holds the lock. The
 * name is removed when the bundle is locked for the first time after the container's end. */
int bundle_set_container(int lock, const char *mark, const char *state_path, struct error *err);

/* What the container does that was last run from the bundle: STATE_CREATED, STATE_RUNNING, or
 * STATE_STOPPED when there is none. Takes no lock. */
enum state_status bundle_container_status(const struct bundle *bundle);

/* Kill the container that runs from the bundle or waits for its start (SIGKILL to its first process),
 * and wait until it has ended. None runs: nothing to do. Takes no lock: what the container's own
 * processes clean up afterwards they do as ever. ERROR_FAILED when it is of another pid namespace,
 * when the bundle's file belongs to another user, or when it does not end within 10 seconds. */
int bundle_kill_container(const struct bundle *bundle, struct error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What killed commands left that needs no question: ephemeral bundles (ephemeral.h) without an owner, and
 * the contents of trash/. (leftover.h has all that they leave.) A command that makes or removes something in
 * the store has it reclaimed, out of the way of its own answer:
 *
 *	bool needed = store.writable && reclaim_is_needed(&store);
 *	...
 *	if (needed)
 *		reclaim_start(&store);
 *
 * Deleting 10 GB takes minutes: only a command that found no room waits for it (reclaim_run()).
 */
#ifndef STORE_RECLAIM_H
#define STORE_RECLAIM_H

#include "store/store.h"
#include "system/identity.h"
#include "system/lock.h"

#include <stdbool.h>

/* Is there anything to reclaim in a store, or with NULL in the state directory? Reads two directories that are empty unless something runs. */
bool reclaim_is_needed(const struct store *store);

/* Delete one ephemeral bundle without an owner; home is what store_for_writing() gave. Returns 1, or 0 when
 * its container runs, a command is at it, or it has an owner or is gone by now. */
int reclaim_bundle(const struct store *home, const char *id, struct error *err);

/* Reclaim what there is, in the user namespace that owns the files. Best effort: what is locked now, or cannot
 * be deleted, is left to the next command. A bundle from which a container runs stays, also without an owner.
 * One process does it at a time: with LOCK_TRY nothing happens when another is at it. */
void reclaim(const struct store *store, enum lock_wait wait);

/* The same in a child that enters the user namespace, and is waited for, as long as it takes. */
void reclaim_run(const struct store *store, const struct identity *identity);

/* The same in a process in the background (system/background.h), which enters the user namespace where this
 * one is not in it, and nobody waits for. Flushes stdout first, so that the answer is out. store as in
 * reclaim_is_needed(). Only while single-threaded. */
void reclaim_start(const struct store *store);

#endif

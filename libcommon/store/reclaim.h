/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What killed commands left in the store: ephemeral bundles (ephemeral.h) without an owner, and the
 * contents of trash/. A command that makes something in the store reclaims first:
 *
 *	if (store.writable && reclaim_is_needed(&store))
 *		... in the user namespace that owns the files: reclaim(&store);
 */
#ifndef STORE_RECLAIM_H
#define STORE_RECLAIM_H

#include "store/store.h"

#include <stdbool.h>

/* Is there anything to reclaim? Reads two directories that are empty unless something runs. */
bool reclaim_is_needed(const struct store *store);

/* Delete one ephemeral bundle without an owner; home is what store_for_writing() gave. Returns 1, or 0 when
 * its container runs, a command is at it, or it has an owner or is gone by now. */
int reclaim_bundle(const struct store *home, const char *id, struct error *err);

/* Reclaim what there is. Best effort: what is locked now, or cannot be deleted, is left to the next
 * command. A bundle from which a container runs stays, also without an owner. */
void reclaim(const struct store *store);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The state directory (RUNDIR): sockets, states of containers and whatever else ends with the boot.
 *
 *	exec/ID/            a container's state (state.h)
 *	bundles/, trash/    when the store cannot be written to (store_for_writing())
 */
#ifndef STORE_RUN_DIR_H
#define STORE_RUN_DIR_H

#include "base/error.h"
#include "store/store.h"

/* The state directory: option, else $CTNR_RUN_DIR, else for real root /run/ctnr, else
 * $XDG_RUNTIME_DIR/ctnr, else STORE/run/BOOT_ID; when the store is read-only or absent (NULL):
 * /tmp/ctnr-run-UID. What was asked for must work; of the rest the first that works is taken.
 * It is made 0700, and refused when it is not ours or open to others. New string in ret_path,
 * returns an fd of it. The answer is the same inside a user namespace that we entered. */
int run_dir_open(const char *option, const struct store *store, char **ret_path, struct error *err);

#endif

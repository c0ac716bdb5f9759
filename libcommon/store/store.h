/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The store and the directory of state that ends with the boot (ctnr-store(5)).
 *
 *	images/                      one OCI image layout
 *	layers/IDMAP/ALG/CHAINID/    diff/, owners
 *	bundles/ID/                  config.json rootfs/ etc/ upper/ work/ lower/0..N record.json lock
 *	bundles/.ephemeral/ID        who made a bundle for one run
 *	volumes/NAME/                a volume's files
 *	cache/refs/ chains/ seccomp/ derived: may be deleted at any time
 *	trash/                       renamed here, then deleted
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/cleanup.h"
#include "base/error.h"

#include <errno.h>
#include <stdbool.h>

struct store {
	char *path; /* absolute, without symlinks */
	int dirfd;
	bool writable;
};

#define STORE_INIT \
	{ \
		NULL, -EBADF, false \
	}

void store_release(struct store *store);
#define autostore autocleanup(store_release)

/* Where the store is: option (may be NULL), else $CTNR_STORE, else for real root with a writable
 * place /var/lib/ctnr, else $XDG_DATA_HOME/ctnr, else HOME/.local/share/ctnr, HOME from
 * the environment or the user database. New string, absolute. */
char *store_path(const char *option, struct error *err);

enum store_mode {
	STORE_READ, /* a store that is not there is ERROR_NOT_FOUND */
	STORE_WRITE, /* make it, 0700; a read-only place is an error */
	STORE_TRY_WRITE, /* as STORE_WRITE, but a place that exists and cannot be written to opens
			    read-only */
};

/* A store that every user may write to is refused, unless it is only read. */
int store_open(const char *option, enum store_mode mode, struct store *ret, struct error *err);

/* The state directory: option, else $CTNR_RUN_DIR, else for real root /run/ctnr, else
 * $XDG_RUNTIME_DIR/ctnr, else STORE/run/BOOT_ID; when the store is read-only or absent (NULL):
 * /tmp/ctnr-run-UID. What was asked for must work; of the rest the first that works is taken.
 * It is made 0700, and refused when it is not ours or open to others. New string in ret_path,
 * returns an fd of it. The answer is the same inside a user namespace that we entered. */
int run_dir_open(const char *option, const struct store *store, char **ret_path, struct error *err);

/* Rename dirfd/path into trash/ under a name that says who deletes it, and delete it there. In the
 * user namespace that owns the files. */
int store_discard(const struct store *store, int dirfd, const char *path, struct error *err);

/* Only the rename: returns the new path within the store, new; NULL on failure. */
char *store_move_to_trash(const struct store *store, int dirfd, const char *path,
			  struct error *err);

/* Does trash/ hold what a killed process left? What a living one is deleting does not count. */
bool store_trash_waits(const struct store *store);

/* Delete what a killed process left in trash/. Callers of mapped stores are in the user namespace
 * already. Errors are not reported: the next command tries again. */
void store_empty_trash(const struct store *store);

#endif

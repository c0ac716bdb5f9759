/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The store: a directory, and nothing beside it (ctnr-store(5)).
 *
 *	images/                      one OCI image layout
 *	layers/IDMAP/ALG/CHAINID/    diff/, owners, size (layer.h)
 *	bundles/ID/                  config.json rootfs/ etc/ upper/ work/ lower/0..N record.json lock
 *	bundles/.ephemeral/ID        who made a bundle for one run (ephemeral.h)
 *	volumes/NAME/                a volume's files
 *	cache/                       refs/ chains/ seccomp/ images: derived, may be deleted at any time
 *	trash/                       renamed here, then deleted (trash.h)
 *
 * What ends with the boot is in the state directory (run_dir.h).
 *
 *	autostore struct store store = STORE_INIT;
 *
 *	if (store_open(opts->store, STORE_READ, &store, err) < 0)
 *		return -1;
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

/* What was to be read in a store cannot be read: say how it is mended, where no hint says more, and the failure
 * is none of the system's. Returns -1. */
int store_damaged(struct error *err);

/* Fail, with a hint, when the store cannot be written to. */
int store_check_writable(const struct store *store, struct error *err);

/* Fail when one of the folders of a store is a link that another user has made (root's are trusted): what is
 * behind it is not the store's. For who deletes or replaces what nobody has named. Later changes are not seen: a
 * store must not be writable to users who are not trusted. */
int store_check_links(const struct store *store, struct error *err);

/* Where bundles and trash are made: the store itself, or, when it cannot be written to or is absent
 * (NULL), the state directory (run_dir_open() without an option: a tool with --run-dir puts it
 * into $CTNR_RUN_DIR first), which then has bundles/ and trash/ as a store has. The caller
 * releases ret. */
int store_for_writing(const struct store *store, struct store *ret, struct error *err);

#endif

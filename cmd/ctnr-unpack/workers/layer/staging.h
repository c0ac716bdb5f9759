/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A directory that is being made: NAME.part, held by flock, renamed to NAME when it is complete.
 * The process that gets the lock looks again whether NAME has appeared. A directory that a killed
 * process left is cleared by the next one that locks it.
 */
#ifndef CTNR_UNPACK_WORKERS_LAYER_STAGING_H
#define CTNR_UNPACK_WORKERS_LAYER_STAGING_H

#include "base/cleanup.h"
#include "store/store.h"

#include <errno.h>

struct staging {
	const struct store *store; /* borrowed: what failed goes to its trash */
	int parent; /* the directory that holds it, owned */
	char *name; /* NAME */
	char *part_name; /* NAME.part */
	int dirfd; /* the directory; holds the lock */
};

#define STAGING_INIT \
	{ \
		.parent = -EBADF, .dirfd = -EBADF \
	}

/* Released before staging_publish(), the directory stays for the next process to clear. */
void staging_release(struct staging *staging);
#define autostaging autocleanup(staging_release)

/* path is relative to the store; its parents exist. 1: NAME is there already, 0: NAME.part is ours
 * and empty. Blocks while another process makes it. */
int staging_open(const struct store *store, const char *path, struct staging *ret,
		 struct error *err);

/* Rename NAME.part, whose content has been synced, to NAME. */
int staging_publish(struct staging *staging, struct error *err);

/* Remove NAME.part, which failed. */
void staging_discard(struct staging *staging);

#endif

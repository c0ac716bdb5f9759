/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A directory in the making: NAME.part, held by flock, renamed to NAME when it is complete.
 * Whoever gets the lock looks whether NAME appeared meanwhile. A directory left by a process that
 * was killed is discarded by whoever locks it next.
 */
#ifndef CTNR_UNPACK_WORKERS_LAYER_PART_H
#define CTNR_UNPACK_WORKERS_LAYER_PART_H

#include "base/cleanup.h"
#include "store/store.h"

#include <errno.h>

struct part {
	const struct store *store; /* borrowed: failed parts go to its trash */
	int parent; /* the directory that holds it, owned */
	char *name; /* NAME */
	char *part_name; /* NAME.part */
	int dirfd; /* the directory; holds the lock */
};

#define PART_INIT \
	{ \
		.parent = -EBADF, .dirfd = -EBADF \
	}

/* Releasing before part_publish() leaves the directory to whoever comes next. */
void part_release(struct part *part);
#define autopart autocleanup(part_release)

/* path is relative to the store; its parents exist. 1: NAME is there already, 0: the part is ours
 * and empty. Blocks while somebody else makes it. */
int part_open(const struct store *store, const char *path, struct part *ret, struct error *err);

/* The content has been synced. */
int part_publish(struct part *part, struct error *err);

/* Remove it: it failed. */
void part_discard(struct part *part);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What killed commands leave in a store. Each kind of thing that is made or deleted in steps has a name
 * that says so, and something that tells whether a living process is at it:
 *
 *	kind		name						a process is at it while
 *	trash		trash/MARK.RANDOM				that process lives
 *	bundle		bundles/ID with an entry in .ephemeral		its owner or container lives
 *	rootfs		bundles/ID/rootfs.part				it is locked
 *	layer		layers/IDMAP/ALG/HEX.part			it is locked
 *	blob		images/blobs/ALG/HEX.part, new-RANDOM.part	it is locked
 *			(oci/blob_part.h)
 *	volume		volumes/.NAME.part and the like beside a	.NAME.lock is locked
 *			.NAME.lock (volume_file.h), also in
 *			bundles/ID/volumes/
 *	file		NAME.RANDOM.part (system/fd.h), NAME.part in	it changed within the last hour
 *			images/, bundles/.ephemeral/.RANDOM
 *
 * A file has no lock and no mark, because writing one would take several system calls more: its writer
 * needs milliseconds. One that was stopped for longer than the hour finds its part gone, and fails.
 *
 * Looking takes locks for a moment, shared. Links of bundles that are elsewhere are followed.
 */
#ifndef STORE_LEFTOVER_H
#define STORE_LEFTOVER_H

#include "base/error.h"
#include "store/store.h"

#include <stdbool.h>
#include <stdint.h>

enum leftover_kind {
	LEFTOVER_TRASH,
	LEFTOVER_BUNDLE,
	LEFTOVER_ROOTFS,
	LEFTOVER_LAYER,
	LEFTOVER_BLOB,
	LEFTOVER_VOLUME,
	LEFTOVER_FILE,
	LEFTOVER_KIND_MAX,
};
extern const char *const leftover_kind_names[]; /* "trash", "bundle", ..., NULL */

struct leftover {
	enum leftover_kind kind;
	const char *path; /* relative to the store; borrowed */
	bool in_use; /* a process is at it, or may be: it is none yet */
};

/* Call each for all that has such a name, what is in use too. each returns < 0 to stop, and then so does
 * this. A folder that cannot be read is passed over: what is in it is not known. */
int leftovers_each(const struct store *store,
		   int (*each)(const struct leftover *leftover, void *data, struct error *err),
		   void *data, struct error *err);

/* The same for an image layout that is in no store: what is there are parts of blobs. layout is a store whose
 * directory the layout's is. */
int leftovers_each_in_layout(const struct store *layout,
			     int (*each)(const struct leftover *leftover, void *data,
					 struct error *err),
			     void *data, struct error *err);

/* May the next run still want it? A blob's part that was written since cutoff (nanoseconds since 1970) is for
 * the next fetch to continue; one of a new blob is for nobody. */
bool leftover_is_wanted(const struct store *store, const struct leftover *leftover, int64_t cutoff);

/* Did the file change last longer ago than LEFTOVER_FILE_AGE? False when it is not there. */
#define LEFTOVER_FILE_AGE 3600 /* seconds */
bool leftover_file_is_old(int dirfd, const char *path);

/* Delete one, unless a process is at it by now. In the user namespace that owns the files. Returns 1, or 0
 * when it is in use or gone, or -1: part of it may be left then. A layer and a root filesystem are moved
 * into trash/ first, so that one who waits for the lock need not wait for the deletion. */
int leftover_remove(const struct store *store, const struct leftover *leftover, struct error *err);

#endif

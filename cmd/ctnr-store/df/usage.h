/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a store takes on the disk, by kinds: the bytes of the blocks that are allocated, as du(1) counts them.
 *
 *  - All that is in the directory of the store is of exactly one kind, so that the sum is what du says of
 *    it. A file with several names counts where it is met first, in the order of the kinds: the links of
 *    bundles to layers are those of the layers.
 *  - Every number was counted by itself: none comes from subtracting others, which may have changed
 *    meanwhile.
 *  - Layers are not walked through: they state their size (store/layer.h). One that does not is measured,
 *    and does from then on, where the store can be written to.
 *  - Something that cannot be read is reported, and what could be of it is counted; no other number suffers.
 *    What vanishes meanwhile is nothing.
 *  - What is reclaimable is what `gc` without options would give back now (collect/collection.h), as far as it
 *    is there when it is measured: never more than there is. What it would delete in bundles that are elsewhere
 *    is not in the store.
 *
 *	autousage struct usage usage;
 *
 *	usage_init(&usage, &store);
 *	usage_measure(&usage);
 *
 * df/leftovers.h, df/layers.h, df/images.h, df/bundles.h and df/volumes.h measure their kinds.
 */
#ifndef CTNR_STORE_DF_USAGE_H
#define CTNR_STORE_DF_USAGE_H

#include "collect/roots.h"

#include "base/cleanup.h"
#include "base/error.h"
#include "format/json.h"
#include "oci/layout.h"
#include "store/store.h"
#include "system/identity.h"
#include "system/inode_set.h"

#include <stdbool.h>
#include <stdint.h>

/* In the order in which they are measured. */
enum usage_kind {
	USAGE_LEFTOVERS, /* of commands that were killed, and what is in the making or being deleted */
	USAGE_LAYERS,
	USAGE_IMAGES,
	USAGE_BUNDLES,
	USAGE_VOLUMES,
	USAGE_CACHE,
	USAGE_OTHER, /* the directory of the store, and what nobody knows */
	USAGE_KIND_MAX,
};

struct usage_row {
	uint64_t count;
	uint64_t active; /* of these: used by a bundle, or by a process */
	uint64_t bytes;
	uint64_t reclaimable; /* of these: what gc would delete */
};

struct usage {
	const struct store *store; /* borrowed */
	bool is_detailed; /* objects are wanted */
	struct usage_row rows[USAGE_KIND_MAX];
	json_t *objects[USAGE_KIND_MAX]; /* arrays of the records that df -v prints */
	struct inode_set seen; /* what has been counted */
	struct layout layout; /* dirfd is -EBADF in a store without images */
	struct identity identity;
	bool is_inside; /* the user namespace that owns the files was entered, or cannot be */
	struct roots_scope scope; /* of the roots */
	struct roots roots; /* of the bundles: what they use */
	json_t *doomed; /* digests of blobs, and paths of layers in the store: a set */
	uint64_t stale_cache_bytes; /* of what the collector would delete of the cache */
	json_t *bundles; /* ID: what is known of the bundle beside its files; when is_detailed */
	json_t *volume_users; /* name of a volume: the number of bundles that have it mounted */
	json_t *bundle_images; /* digest of an image: the number of bundles that were made of it */
	json_t *blob_bytes; /* digest: bytes; when is_detailed */
	json_t *chain_bytes; /* chain ID of a layer: bytes, of all ID mappings; when is_detailed */
	struct error failure; /* the first that was reported; code 0: none */
};

/* Nothing: of a store that is not there, path NULL. */
void usage_init(struct usage *usage, const struct store *store);
void usage_release(struct usage *usage);
#define autousage autocleanup(usage_release)

/* Measure the whole store. May enter the user namespace that owns the files. -1: some of it could not be
 * read; that was reported, and the rest is there. */
int usage_measure(struct usage *usage, struct error *err);

/* The rest is for those who measure a kind. */

/* Report a failure, with the path in the store where it was: what could not be read does not count. */
void usage_report(struct usage *usage, const char *where, struct error *failure);

/* Be where all files of the identity can be read. */
void usage_enter_namespace(struct usage *usage);

/* Add the bytes of dirfd/name and all below it; where is its path in the store, or of the folder it is in. */
void usage_add(struct usage *usage, int dirfd, const char *name, const char *where,
	       uint64_t *bytes);

/* Add the bytes of the directory dirfd/name alone, and call each for the names in it; where is its path in
 * the store. What is no directory counts by itself. */
typedef void usage_entry(struct usage *usage, int dirfd, const char *name, void *data);
void usage_add_folder(struct usage *usage, int dirfd, const char *name, const char *where,
		      uint64_t *bytes, usage_entry *each, void *data);

/* Add a record to those of a kind, which takes it. */
void usage_add_object(struct usage *usage, enum usage_kind kind, json_t *record);

/* The number of a name in an object of numbers; 0 when it is not there. */
uint64_t usage_number(const json_t *numbers, const char *name);

/* Add to it. */
void usage_add_number(json_t *numbers, const char *name, uint64_t add);

#endif

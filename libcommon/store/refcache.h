/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What words mean in the store's index.json, derived from it: cache/refs/HASH, one file for each
 * word that was looked up, so that 10,000 references cost a run nothing.
 *
 *	{"index":"INODE MTIME CTIME SIZE","key":"debian:12 linux/amd64",
 *	 "ref":"docker.io/library/...","descriptor":{...}}
 *
 * An entry counts only while index.json is the one that it was derived from. index.json is the
 * truth; the cache may be deleted at any time, and failing to write it is no failure.
 */
#ifndef STORE_REFCACHE_H
#define STORE_REFCACHE_H

#include "oci/descriptor.h"
#include "store/store.h"

#include <stdbool.h>
#include <stdint.h>

#define REFCACHE_STAMP_MAX 128

/* Which index.json this is: taken before it is read. Empty: not worth remembering (it changed a
 * moment ago, and may change again within one tick of the clock). */
struct refcache_stamp {
	char text[REFCACHE_STAMP_MAX];
};

/* -1 when there is no index.json. */
int refcache_stamp_take(const struct store *store, struct refcache_stamp *ret);

/* Returns 1 with ref (new, may be NULL) and descriptor when the key is known, else 0. */
int refcache_lookup(const struct store *store, const struct refcache_stamp *stamp, const char *key,
		    char **ret_ref, struct descriptor *ret_descriptor);

/* Remember, when index.json is still the one of the stamp. */
void refcache_remember(const struct store *store, const struct refcache_stamp *stamp,
		       const char *key, const char *ref, const struct descriptor *descriptor);

/* Is the entry, a file by its path in the store, derived from the index.json that is there now? */
bool refcache_is_current(const struct store *store, const char *path);
/* An entry, whichever index.json it was derived from; all is borrowed. */
struct refcache_entry {
	const char *ref;
	const struct descriptor *descriptor;
	int64_t time; /* when that index.json was written, in nanoseconds since 1970 */
};

/* Call each for every entry that has a ref: what is known of an index.json that is lost. each returns < 0
 * to stop, and then so does this. */
int refcache_each(const struct store *store,
		  int (*each)(const struct refcache_entry *entry, void *data, struct error *err),
		  void *data, struct error *err);

/* Forget everything. */
void refcache_clear(const struct store *store);

#endif

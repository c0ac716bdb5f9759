/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/cache.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "format/json.h"
#include "store/refcache.h"
#include "system/fd.h"
#include "system/tree_usage.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#define REFS_DIR "cache/refs"
#define CHAINS_DIR "cache/chains"

typedef int each_stale(const char *path, uint64_t bytes, void *data, struct error *err);

/* A regular file of a folder: is it stale? One with a dot in its name is in the making. */
typedef bool is_stale(const struct cache_scope *scope, const char *path, const char *name,
		      const struct stat *st);

static int each_in_folder(const struct cache_scope *scope, const char *folder, is_stale *is_stale_,
			  each_stale *each, void *data, struct error *err)
{
	autostrlist struct strlist names = STRLIST_INIT;

	/* A cache that is not there, or cannot be read, is as good as empty. */
	dir_list_at(scope->store->dirfd, folder, &names, NULL);
	for (size_t i = 0; i < names.len; i++) {
		autofree char *path = xasprintf("%s/%s", folder, names.items[i]);
		struct stat st;

		if (fstatat(scope->store->dirfd, path, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
		    !S_ISREG(st.st_mode) || !is_stale_(scope, path, names.items[i], &st))
			continue;
		if (each(path, tree_usage_blocks(&st), data, err) < 0)
			return -1;
	}
	return 0;
}

static bool ref_is_stale(const struct cache_scope *scope, const char *path, const char *name,
			 const struct stat *st)
{
	(void)st;
	return !strchr(name, '.') &&
	       (scope->index_changed || !refcache_is_current(scope->store, path));
}

static bool chain_is_stale(const struct cache_scope *scope, const char *path, const char *name,
			   const struct stat *st)
{
	autofree char *blob = xasprintf("blobs/%s", path + strlen(CHAINS_DIR "/"));
	struct stat config;

	return !strchr(name, '.') &&
	       clock_ns(st->st_mtim.tv_sec, st->st_mtim.tv_nsec) <= scope->cutoff &&
	       fstatat(scope->layout->dirfd, blob, &config, AT_SYMLINK_NOFOLLOW) < 0;
}

int cache_each_stale(const struct cache_scope *scope, each_stale *each, void *data,
		     struct error *err)
{
	if (each_in_folder(scope, REFS_DIR, ref_is_stale, each, data, err) < 0)
		return -1;
	for (enum digest_algorithm a = 0; a < DIGEST_ALGORITHM_MAX; a++) {
		autofree char *folder = xasprintf(CHAINS_DIR "/%s", digest_algorithm_name(a));

		if (each_in_folder(scope, folder, chain_is_stale, each, data, err) < 0)
			return -1;
	}
	return 0;
}

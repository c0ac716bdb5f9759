/* SPDX-License-Identifier: Apache-2.0 */
#include "layer/path_set.h"

#include "base/alloc.h"
#include "base/fnv.h"

#include <stdlib.h>
#include <string.h>

void path_set_release(struct path_set *set)
{
	if (!set)
		return;
	free(set->slots);
	*set = (struct path_set) { 0 };
}

/* The bits are mixed; 0 means empty. */
static uint64_t mix_hash(uint64_t hash)
{
	hash ^= hash >> 32;
	return hash ? hash : 1;
}

/* From a secret start, so that an image cannot choose paths that collide. */
static uint64_t hash_path(const struct path_set *set, const char *path, size_t len)
{
	return mix_hash(fnv_add(FNV_START ^ set->seed, path, len));
}

static uint64_t *find_slot(const struct path_set *set, uint64_t hash)
{
	size_t i = hash & (set->capacity - 1);

	while (set->slots[i] && set->slots[i] != hash)
		i = (i + 1) & (set->capacity - 1);
	return &set->slots[i];
}

/*
 * Double the slots where they are, without a second table beside them. Hashes are placed anew in the
 * order in which they were probed for, beginning behind an empty slot: so those between a hash's first
 * choice and its slot have their new places already, and none is put on one that has not.
 */
static void grow_set(struct path_set *set)
{
	size_t old = set->capacity;
	size_t start = 0;

	set->capacity = old * 2;
	set->slots = xrealloc(set->slots, set->capacity, sizeof(set->slots[0]));
	memset(set->slots + old, 0, old * sizeof(set->slots[0]));
	while (set->slots[start])
		start++;
	for (size_t i = 1; i < old; i++) {
		size_t at = (start + i) & (old - 1);
		uint64_t hash = set->slots[at];

		set->slots[at] = 0;
		if (hash)
			*find_slot(set, hash) = hash;
	}
}

static void start_set(struct path_set *set)
{
	set->seed = fnv_seed();
	set->capacity = 1024;
	set->slots = xcalloc(set->capacity, sizeof(set->slots[0]));
}

/* 1, or 0 when it was there. */
static int add_hash(struct path_set *set, uint64_t hash, struct error *err)
{
	uint64_t *slot = find_slot(set, hash);

	if (*slot)
		return 0;
	if (set->len == PATH_SET_MAX)
		return error_set(err, ERROR_FAILED,
				 "the layer makes more than %u paths, parents included",
				 PATH_SET_MAX);
	*slot = hash;
	set->len++;
	if (set->len * 4 > set->capacity * 3)
		grow_set(set);
	return 1;
}

int path_set_add_alone(struct path_set *set, const char *path, struct error *err)
{
	if (!set->slots)
		start_set(set);
	return add_hash(set, hash_path(set, path, strlen(path)), err) < 0 ? -1 : 0;
}

int path_set_add(struct path_set *set, const char *path, struct error *err)
{
	size_t len = strlen(path);

	if (!set->slots)
		start_set(set);
	while (len) {
		int added = add_hash(set, hash_path(set, path, len), err);

		/* A path that is in the set has all its parents in it. */
		if (added <= 0)
			return added;
		while (len && path[len - 1] != '/')
			len--;
		while (len && path[len - 1] == '/')
			len--;
	}
	return 0;
}

bool path_set_has(const struct path_set *set, const char *path)
{
	return set->len && *find_slot(set, hash_path(set, path, strlen(path))) != 0;
}

bool path_set_has_on_way(const struct path_set *set, const char *path)
{
	uint64_t hash = FNV_START ^ set->seed;

	if (!set->len || *find_slot(set, mix_hash(hash)))
		return set->len;
	for (size_t i = 0; path[i]; i++) {
		hash = fnv_add(hash, path + i, 1);
		if ((path[i + 1] == '/' || !path[i + 1]) && *find_slot(set, mix_hash(hash)))
			return true;
	}
	return false;
}

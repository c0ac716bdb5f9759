/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/layer/made.h"

#include "base/alloc.h"
#include "base/fnv.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

void made_release(struct made *made)
{
	if (!made)
		return;
	free(made->slots);
	*made = (struct made) { 0 };
}

/* From a secret start, the bits mixed, so that an image cannot choose paths that collide; 0 means
 * empty. */
static uint64_t hash_path(const struct made *made, const char *path, size_t len)
{
	uint64_t hash = fnv_add(FNV_START ^ made->seed, path, len);

	hash ^= hash >> 32;
	return hash ? hash : 1;
}

static uint64_t *find(const struct made *made, uint64_t hash)
{
	size_t i = hash & (made->capacity - 1);

	while (made->slots[i] && made->slots[i] != hash)
		i = (i + 1) & (made->capacity - 1);
	return &made->slots[i];
}

static void grow(struct made *made)
{
	struct made old = *made;

	made->capacity = old.capacity * 2;
	made->slots = xcalloc(made->capacity, sizeof(made->slots[0]));
	for (size_t i = 0; i < old.capacity; i++)
		if (old.slots[i])
			*find(made, old.slots[i]) = old.slots[i];
	free(old.slots);
}

static void begin(struct made *made)
{
	if (getrandom(&made->seed, sizeof(made->seed), 0) != sizeof(made->seed))
		made->seed = (uint64_t)(uintptr_t)made;
	made->capacity = 1024;
	made->slots = xcalloc(made->capacity, sizeof(made->slots[0]));
}

void made_add(struct made *made, const char *path)
{
	size_t len = strlen(path);

	if (!made->slots)
		begin(made);
	while (len) {
		uint64_t hash = hash_path(made, path, len);
		uint64_t *slot;

		if (made->len * 4 >= made->capacity * 3)
			grow(made);
		slot = find(made, hash);
		/* Its parents are there too. */
		if (*slot)
			return;
		*slot = hash;
		made->len++;
		while (len && path[len - 1] != '/')
			len--;
		while (len && path[len - 1] == '/')
			len--;
	}
}

bool made_has(const struct made *made, const char *path)
{
	return made->len && *find(made, hash_path(made, path, strlen(path))) != 0;
}

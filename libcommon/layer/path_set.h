/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A set of paths and all their parents. A layer keeps in one the paths that it has made so far: a
 * whiteout hides what lower layers left and never its own layer's entries, whatever their order
 * (image-spec layer.md, "Whiteouts"). A directory that is there only because a whiteout stands in
 * it is not added.
 *
 * Kept as 64-bit hashes, 8 to 16 bytes for a path. Two paths with one hash can only make a whiteout
 * spare a file of the same image. At most PATH_SET_MAX are kept.
 */
#ifndef LAYER_PATH_SET_H
#define LAYER_PATH_SET_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Paths, parents included: 128 MiB. The limits of a layer's entries and of a path's components
 * alone would allow two thousand times as many. */
#define PATH_SET_MAX (12U << 20)

struct path_set {
	uint64_t *slots; /* open addressing; 0: empty */
	size_t capacity; /* a power of two */
	size_t len;
	uint64_t seed; /* of the hash; set with the first path */
};

void path_set_release(struct path_set *set);
/* Note a canonical path and all its parents. -1: there are too many paths. */
int path_set_add(struct path_set *set, const char *path, struct error *err);
/* Note a path alone; then the set is one of such paths only. */
int path_set_add_alone(struct path_set *set, const char *path, struct error *err);
bool path_set_has(const struct path_set *set, const char *path);
/* Is the path in the set, or one of its parents, the root ("") among them? */
bool path_set_has_on_way(const struct path_set *set, const char *path);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The paths that a layer has made so far, and their parents: a whiteout hides what lower layers
 * left and never its own layer's entries, whatever their order (image-spec layer.md,
 * "Whiteouts"). A directory that is there only because a whiteout stands in it does not count.
 *
 * Kept as 64-bit hashes, 8 to 16 bytes for a path. Two paths with one hash can only make a whiteout
 * spare a file of the same image.
 */
#ifndef CTNR_UNPACK_WORKERS_LAYER_MADE_H
#define CTNR_UNPACK_WORKERS_LAYER_MADE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct made {
	uint64_t *slots; /* open addressing; 0: empty */
	size_t capacity; /* a power of two */
	size_t len;
	uint64_t seed; /* of the hash; set with the first path */
};

void made_release(struct made *made);
/* Note a canonical path and all its parents. */
void made_add(struct made *made, const char *path);
bool made_has(const struct made *made, const char *path);

#endif

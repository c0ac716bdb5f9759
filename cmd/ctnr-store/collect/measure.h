/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How many bytes of blocks something takes, and gives back when it goes. What was seen before is not counted
 * again. In the user namespace that owns the files. What cannot be read counts for nothing.
 */
#ifndef CTNR_STORE_COLLECT_MEASURE_H
#define CTNR_STORE_COLLECT_MEASURE_H

#include "store/leftover.h"
#include "store/store.h"
#include "system/inode_set.h"

#include <stdint.h>

/* Anything in the store, by its path there. */
uint64_t measure_path(const struct store *store, const char *path, struct inode_set *seen);

/* What a killed command left. */
uint64_t measure_leftover(const struct store *store, const struct leftover *leftover,
			  struct inode_set *seen);

/* A layer, by its path in the store: from its file `size` where there is one. */
uint64_t measure_layer(const struct store *store, const char *path, struct inode_set *seen);

/* A bundle of the store's bundles/, by its ID. The links of its layers come back with the layers. */
uint64_t measure_bundle(const struct store *store, const char *id);

/* The store as a whole. */
uint64_t measure_store(const struct store *store);

#endif

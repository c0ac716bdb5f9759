/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A set of files by device and inode: what has several names is counted once.
 *
 *	autoinodeset struct inode_set seen = INODE_SET_INIT;
 *
 *	if (st.st_nlink == 1 || inode_set_add(&seen, st.st_dev, st.st_ino))
 *		count(&st);
 *
 * Each file has a number, 0 for the first that was added, and so on: what is known of the files is an array.
 */
#ifndef SYSTEM_INODE_SET_H
#define SYSTEM_INODE_SET_H

#include "base/cleanup.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct inode_set {
	struct inode_set_slot *slots; /* open addressing */
	size_t capacity; /* a power of two, or 0 */
	size_t len;
	uint64_t seed; /* of the hash: strangers choose which inodes come together */
};

#define INODE_SET_INIT \
	{ \
		0 \
	}

void inode_set_release(struct inode_set *set);
#define autoinodeset autocleanup(inode_set_release)

/* Add a file. False: it was in the set already. */
bool inode_set_add(struct inode_set *set, dev_t device, ino_t inode);

bool inode_set_has(const struct inode_set *set, dev_t device, ino_t inode);

/* The number of a file; INODE_SET_NONE: it is not in the set. */
#define INODE_SET_NONE SIZE_MAX
size_t inode_set_find(const struct inode_set *set, dev_t device, ino_t inode);

/* Add a file, and make room for what is known of it: items is an array of set->len items of that size, or NULL of
 * none, and is taken. Returns the array, new, in which the item of a file that is added is zero; *ret_number is the
 * file's. */
void *inode_set_add_item(struct inode_set *set, dev_t device, ino_t inode, void *items, size_t size,
			 size_t *ret_number);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A set of files by device and inode: what has several names is counted once.
 *
 *	autoinodeset struct inode_set seen = INODE_SET_INIT;
 *
 *	if (st.st_nlink == 1 || inode_set_add(&seen, st.st_dev, st.st_ino))
 *		count(&st);
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

#endif

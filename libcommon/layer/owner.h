/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The owner that an image gives an object, where the disk cannot have it: with one ID everything on
 * disk is ours, and the owner is the extended attribute user.rootlesscontainers, as umoci, rootless
 * kit and others read and write it. Its value is a protobuf message:
 *
 *	uint32 uid = 1;		0xffffffff: unchanged
 *	uint32 gid = 2;
 *
 * What can have no such attribute (symlinks, FIFOs, devices; everything on a filesystem without attributes) has
 * a line in a file: layer/owners.h.
 */
#ifndef LAYER_OWNER_H
#define LAYER_OWNER_H

#include "system/identity.h"

#include <stddef.h>
#include <stdint.h>

#define OWNER_XATTR "user.rootlesscontainers"
#define OWNER_VALUE_MAX 12 /* bytes that owner_encode() writes at most */

struct owner {
	uint32_t uid;
	uint32_t gid;
};

/* The IDs must be in the map, where there is one; else an error with a hint on the range that is
 * needed. */
int owner_check(const struct identity *identity, struct owner owner, struct error *err);

/* Write the attribute's value. Returns its length. Both fields are always written, zeros too: some
 * readers take an absent one for "unchanged". */
size_t owner_encode(struct owner owner, unsigned char value[OWNER_VALUE_MAX]);

/* Read it. An absent field is 0, as protobuf has it; unknown fields are passed over. -1: damaged. */
int owner_decode(const void *value, size_t len, struct owner *ret);

/* Set it on an open file or directory. -1 with errno. */
int owner_set_xattr(int fd, struct owner owner);

#endif

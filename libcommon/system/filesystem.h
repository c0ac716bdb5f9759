/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a filesystem is called, and what is known of it by that alone.
 *
 *	struct filesystem fs;
 *
 *	filesystem_read(fd, &fs);
 *	... "on %s", fs.name
 */
#ifndef SYSTEM_FILESYSTEM_H
#define SYSTEM_FILESYSTEM_H

#define FILESYSTEM_NAME_MAX 32 /* bytes, with NUL */

enum filesystem_kind {
	FILESYSTEM_UNKNOWN, /* what it can is known to those alone who try */
	FILESYSTEM_COMPLETE, /* one of a local disk: has all that an overlay's layers need */
	FILESYSTEM_MEMORY, /* tmpfs: complete, but for user.* attributes before Linux 6.6 */
	FILESYSTEM_NETWORK, /* like FILESYSTEM_UNKNOWN, and other machines may have it too */
	FILESYSTEM_OVERLAY, /* cannot hold another overlay's layers */
};

struct filesystem {
	enum filesystem_kind kind;
	char name
		[FILESYSTEM_NAME_MAX]; /* as mount(8) has it, or "number 0x..." where it is in no table here */
};

/* Look at the filesystem that fd is in: one statfs(2). One that cannot be asked is "of an unknown kind". */
void filesystem_read(int fd, struct filesystem *ret);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * File descriptors: ownership, whole reads and writes, whole small files.
 *
 * Every descriptor of this project is O_CLOEXEC. A variable that owns one is an autoclose int; an
 * empty one holds -EBADF.
 */
#ifndef SYSTEM_FD_H
#define SYSTEM_FD_H

#include "base/cleanup.h"
#include "base/error.h"
#include "base/str.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Close *fd when it is open, keep errno, leave -EBADF. */
void fd_close(int *fd);
#define autoclose autocleanup(fd_close)

/* Take the descriptor out of an autoclose variable. */
static inline int fd_steal(int *fd)
{
	int taken = *fd;

	*fd = -EBADF;
	return taken;
}

/* len descriptors that are not open (-EBADF): new, to be freed. */
int *fd_array(size_t len);

/* Write all bytes, over short writes and EINTR. -1 with errno on failure. */
int fd_write_all(int fd, const void *data, size_t len);

/* Read until size bytes or end of file. Returns the bytes read, -1 with errno on failure. */
ssize_t fd_read_full(int fd, void *buffer, size_t size);

/* The same from an offset on; the position of fd stays. */
ssize_t fd_pread_full(int fd, void *buffer, size_t size, uint64_t offset);

/* Append the rest of fd to ret; more than max bytes is an error ("larger than N bytes"). */
int fd_read_rest(int fd, size_t max, struct str *ret, struct error *err);

/* Read a regular file whole, following no symlink in the last component; anything but a regular file and
 * more than max bytes (before any is read) are errors. dirfd may be AT_FDCWD. A file that does not exist is
 * ERROR_NOT_FOUND with saved_errno ENOENT. */
int file_read_at(int dirfd, const char *path, size_t max, struct str *ret, struct error *err);

/* The same of a file that an administrator or a user wrote, which may be a symlink to a regular file. A
 * parent that is no directory (ENOTDIR) is ERROR_NOT_FOUND too. */
int file_read_linked_at(int dirfd, const char *path, size_t max, struct str *ret,
			struct error *err);

/* What is in the making, and becomes something else by rename, has a name that ends so. */
#define FILE_PART_SUFFIX ".part"

/* A name for what is to become path: "PATH.RANDOM.part", new. */
char *file_part_name(const char *path);

/* Is it such a name? One without the random digits, as a writer with a lock has, is none. */
bool file_is_part(const char *name);

enum file_sync {
	FILE_NO_SYNC,
	FILE_SYNC_CONTENT, /* sync the file before the rename; the caller syncs the folder, once for all */
	FILE_SYNC, /* sync the file before the rename, and the folder after it */
};

/* Publish a file: write file_part_name() beside it, rename. Readers see the old or the new. */
int file_write_at(int dirfd, const char *path, const void *data, size_t len, mode_t mode,
		  enum file_sync sync, struct error *err);

/* The same by a writer that holds a lock on that name: its part is called NAME.part, so that the
 * next writer takes over what a killed one left. */
int file_write_locked_at(int dirfd, const char *path, const void *data, size_t len, mode_t mode,
			 enum file_sync sync, struct error *err);

/* The same for derived data, which may be missing, FOLDER/NAME: mode 0600, not synced, and dir_make_at()
 * makes the folder. Failing is no failure, not even at the limit of the size of files (ulimit -f), which
 * otherwise ends the process by a signal. Only while single-threaded. */
void file_remember_at(int dirfd, const char *path, const void *data, size_t len);

/* For a disk that has no room for a new file: write data over the old one, padded with blanks to its
 * length, from the first byte that differs, and sync. ERROR_FAILED (EFBIG) when data is longer than the
 * file. A reader, or a loss of power in that instant, may meet a mixture where the file has more than
 * a page; the other functions are for whenever there is room. The caller holds the lock. */
int file_overwrite_at(int dirfd, const char *path, const char *data, size_t len, struct error *err);

/* mkdir -p beneath dirfd with that mode for every new component; an existing directory is fine. Returns
 * how many components were made, which is what sync_parents() wants to know.
 * Symlinks on the way are followed: for our own trees, never inside a rootfs. */
int dir_make_at(int dirfd, const char *path, mode_t mode, struct error *err);

/* dir_make_at() for a directory whose content is ours alone, such as a store. What is made gets
 * dir_detach_at(); its parents, and what was there already, are left as they are. */
int dir_make_own_at(int dirfd, const char *path, mode_t mode, struct error *err);

/* The same for a folder within such a directory. One that is there, and hands its group down (set-group-ID
 * bit), gets dir_detach_at() but for its permissions, because the group may not be mapped where what is
 * made in it is used. */
int dir_make_inner_at(int dirfd, const char *path, mode_t mode, struct error *err);

/* Detach a directory, which we have just made, from what the folder around it hands down: it gets
 * our group, exactly that mode, no set-group-ID bit and no ACL. Otherwise all that is made below has
 * a group and ACL entries that no user namespace of ours maps, and no owner can be set there. On
 * failure the directory is removed again. */
int dir_detach_at(int dirfd, const char *path, mode_t mode, struct error *err);

/* Append the names in a directory to ret, unsorted, without "." and "..". The error does not name
 * the directory. */
int dir_list_at(int dirfd, const char *path, struct strlist *ret, struct error *err);

/* Open a directory (O_PATH is not used: the fd can be read and synced). */
int dir_open_at(int dirfd, const char *path, struct error *err);

#endif

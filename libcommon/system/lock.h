/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Advisory locks of whole files (flock(2)): they end with the last descriptor, however the
 * process ended.
 *
 * Some filesystems have no locks of files, and say so by ENOSYS or EOPNOTSUPP (Lustre without its mount
 * option flock, some of FUSE). The kernel locks their directories by itself, for this machine: a directory
 * NAME.lock stands in for the file NAME there, and the lock's descriptor is the directory's. Locks of
 * fcntl(2) are no way out, because such filesystems lack them too. ENOLCK is an error: a lock service that does
 * not answer now (NFS) may have given a lock to somebody before, whom a stand-in would not see.
 */
#ifndef SYSTEM_LOCK_H
#define SYSTEM_LOCK_H

#include "base/cleanup.h"
#include "base/error.h"

#include <errno.h>
#include <stdbool.h>

enum lock_mode {
	LOCK_SHARED,
	LOCK_EXCLUSIVE,
};

enum lock_wait {
	LOCK_WAIT, /* block until it is ours */
	LOCK_WAIT_HEARING, /* the same, but -1 with EINTR once a signal is pending that asks to stop
			    * and that this process has blocked to see it (system/interrupt.h) */
	LOCK_TRY, /* -1 with saved_errno EWOULDBLOCK when somebody holds it */
};

/* Open (create, 0600) and lock dirfd/name. After the lock the name is looked at again: when the
 * file was removed or replaced meanwhile, it starts over, so that the file that is locked has this
 * name. Returns the fd that holds the lock. */
int lock_open_at(int dirfd, const char *name, enum lock_mode mode, enum lock_wait wait,
		 struct error *err);

/* A file whose content matters, or whose name goes with the lock. */
struct lock_file {
	int fd; /* of the file, for reading and writing; has the lock, unless there is a stand-in */
	int stand_in; /* the directory that has the lock, or -EBADF */
	int dirfd; /* where both are; borrowed */
	char *stand_in_name; /* or NULL; owned */
};

#define LOCK_FILE_INIT \
	{ \
		-EBADF, -EBADF, -EBADF, NULL \
	}

/* lock_open_at() for such a file. dirfd stays open as long as ret is held. */
int lock_file_open_at(int dirfd, const char *name, enum lock_mode mode, enum lock_wait wait,
		      struct lock_file *ret, struct error *err);

/* Let go, and remove the stand-in where there is one. The file stays where it is. */
void lock_file_release(struct lock_file *file);
#define autolockfile autocleanup(lock_file_release)

/* Take the lock of dirfd/name, which is open as fd, unless another process holds it. 1: taken, by fd or by ret, which
 * the caller releases; 0: held; -1. */
int lock_file_try(int fd, int dirfd, const char *name, struct lock_file *ret, struct error *err);

/* Does somebody have the exclusive lock of the file or directory dirfd/path, or of what stands in for it? Only looks:
 * takes the lock for a moment, shared, and makes nothing. What cannot be opened or locked may be held. */
bool lock_is_held_at(int dirfd, const char *path);

/* Remove dirfd/name, with what stands in for it, where lock_open_at() returned lock for it and it was not removed
 * since. The caller closes lock next. */
void lock_discard_at(int lock, int dirfd, const char *name);

/* Is that the name of a stand-in? */
bool lock_is_stand_in(const char *name);

/* Lock an open file or directory. -1 with errno, EWOULDBLOCK as above. */
int lock_fd(int fd, enum lock_mode mode, enum lock_wait wait);

/* Does the errno of lock_fd() say that the filesystem has no locks of files? */
bool lock_is_unsupported(int number);

/* Is fd still what dirfd/name leads to? The holder before us may have removed or replaced it. */
bool lock_is_named(int fd, int dirfd, const char *name);

/* For a caller that tries again and again (LOCK_TRY): sleeps a little, and is false instead when
 * about a second has passed. *tries counts, from 0. */
bool lock_pause(unsigned int *tries);

#endif

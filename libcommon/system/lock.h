/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Advisory locks of whole files (flock(2)): they end with the last descriptor, however the
 * process ended.
 */
#ifndef SYSTEM_LOCK_H
#define SYSTEM_LOCK_H

#include "base/error.h"

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

/* Lock an open file or directory. -1 with errno, EWOULDBLOCK as above. */
int lock_fd(int fd, enum lock_mode mode, enum lock_wait wait);

/* Is fd still what dirfd/name leads to? The holder before us may have removed or replaced it. */
bool lock_is_named(int fd, int dirfd, const char *name);

/* For a caller that tries again and again (LOCK_TRY): sleeps a little, and is false instead when
 * about a second has passed. *tries counts, from 0. */
bool lock_pause(unsigned int *tries);

#endif

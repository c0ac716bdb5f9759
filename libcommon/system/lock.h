/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Advisory locks of whole files (flock(2)): they end with the last descriptor, however the
 * process ended.
 */
#ifndef SYSTEM_LOCK_H
#define SYSTEM_LOCK_H

#include "base/error.h"

enum lock_mode {
	LOCK_SHARED,
	LOCK_EXCLUSIVE,
};

enum lock_wait {
	LOCK_WAIT, /* block until it is ours */
	LOCK_TRY, /* -1 with saved_errno EWOULDBLOCK when somebody holds it */
};

/* Open (create, 0600) and lock dirfd/name. After the lock the name is looked at again: when the
 * file was removed or replaced meanwhile, it starts over, so that whoever returns holds the file
 * that has this name. Returns the fd that holds the lock. */
int lock_open_at(int dirfd, const char *name, enum lock_mode mode, enum lock_wait wait,
		 struct error *err);

#endif

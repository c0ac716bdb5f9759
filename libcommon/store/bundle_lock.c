/* SPDX-License-Identifier: Apache-2.0 */
#include "store/bundle_lock.h"

#include "system/fd.h"
#include "system/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LOCK_FILE "lock"

/* Whoever asks whether a bundle runs holds its lock for an instant: ask again before believing
 * that it is taken. */
#define LOCK_TRIES 10
#define LOCK_PAUSE_NSEC 2000000

/* Does its path still lead to the directory that was opened? It may have been removed, and another
 * one made there. */
static bool is_in_place(const struct bundle *bundle)
{
	struct stat opened;
	struct stat there;

	return fstat(bundle->dirfd, &opened) == 0 && stat(bundle->path, &there) == 0 &&
	       opened.st_dev == there.st_dev && opened.st_ino == there.st_ino;
}

static int lock_bundle(const struct bundle *bundle, int tries, struct error *err)
{
	const struct timespec pause = { .tv_nsec = LOCK_PAUSE_NSEC };

	for (int i = 0;; i++) {
		struct error cause = { 0 };
		autoclose int fd =
			lock_open_at(bundle->dirfd, LOCK_FILE, LOCK_EXCLUSIVE, LOCK_TRY, &cause);

		/* Locked or not: whoever removes it has the lock meanwhile. */
		if (!is_in_place(bundle))
			return error_set(err, ERROR_NOT_FOUND, "there is no bundle '%s'",
					 bundle->id);
		if (fd >= 0)
			return fd_steal(&fd);
		if (cause.saved_errno != EWOULDBLOCK) {
			if (err)
				*err = cause;
			return error_prefix(err, "bundle '%s'", bundle->id);
		}
		if (i == tries)
			return error_set(err, ERROR_FAILED, "container '%s' is running",
					 bundle->id);
		nanosleep(&pause, NULL);
	}
}

int bundle_lock(const struct bundle *bundle, struct error *err)
{
	return lock_bundle(bundle, LOCK_TRIES, err);
}

int bundle_try_lock(const struct bundle *bundle, struct error *err)
{
	return lock_bundle(bundle, 0, err);
}

bool bundle_is_running(const struct bundle *bundle)
{
	autoclose int fd = openat(bundle->dirfd, LOCK_FILE,
				  O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);

	return fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) < 0 && errno == EWOULDBLOCK;
}

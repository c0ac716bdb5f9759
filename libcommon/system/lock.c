/* SPDX-License-Identifier: Apache-2.0 */
#include "system/lock.h"

#include "system/fd.h"
#include "system/interrupt.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PAUSE_NSEC 2000000
#define PAUSE_NSEC_MAX 50000000
#define PAUSES_MAX 500

/* flock(2) hears no blocked signal: it is asked again and again, more and more seldom. */
static int lock_hearing(int fd, int operation)
{
	struct timespec pause = { .tv_nsec = PAUSE_NSEC };

	while (flock(fd, operation | LOCK_NB) < 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return -1;
		if (interrupt_is_pending()) {
			errno = EINTR;
			return -1;
		}
		nanosleep(&pause, NULL);
		if (pause.tv_nsec < PAUSE_NSEC_MAX)
			pause.tv_nsec *= 2;
	}
	return 0;
}

int lock_fd(int fd, enum lock_mode mode, enum lock_wait wait)
{
	int operation =
		(mode == LOCK_SHARED ? LOCK_SH : LOCK_EX) | (wait == LOCK_TRY ? LOCK_NB : 0);

	if (wait == LOCK_WAIT_HEARING)
		return lock_hearing(fd, operation);
	while (flock(fd, operation) < 0)
		if (errno != EINTR)
			return -1;
	return 0;
}

bool lock_is_named(int fd, int dirfd, const char *name)
{
	struct stat ours;
	struct stat named;

	return fstat(fd, &ours) == 0 && fstatat(dirfd, name, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
	       named.st_dev == ours.st_dev && named.st_ino == ours.st_ino;
}

bool lock_pause(unsigned int *tries)
{
	const struct timespec pause = { .tv_nsec = PAUSE_NSEC };

	if (++*tries > PAUSES_MAX)
		return false;
	nanosleep(&pause, NULL);
	return true;
}

int lock_open_at(int dirfd, const char *name, enum lock_mode mode, enum lock_wait wait,
		 struct error *err)
{
	for (;;) {
		autoclose int fd = openat(
			dirfd, name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0600);

		if (fd < 0)
			return error_errno(err, "cannot open lock '%s'", name);
		if (lock_fd(fd, mode, wait) < 0)
			return error_errno(err, "cannot lock '%s'", name);
		if (lock_is_named(fd, dirfd, name))
			return fd_steal(&fd);
	}
}

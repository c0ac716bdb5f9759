/* SPDX-License-Identifier: Apache-2.0 */
#include "system/lock.h"

#include "base/alloc.h"
#include "base/str.h"
#include "system/fd.h"
#include "system/interrupt.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define STAND_IN ".lock" /* what the name of a stand-in ends with */
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

bool lock_is_unsupported(int number)
{
	return number == ENOSYS || number == ENOTSUP;
}

static int cannot_lock(const char *name, struct error *err)
{
	error_errno(err, "cannot lock '%s'", name);
	if (errno == ENOLCK)
		error_hint(
			err,
			"the filesystem's lock service does not answer: have it started, or use another filesystem (--store, CTNR_STORE)");
	return -1;
}

static char *stand_in_name(const char *name)
{
	return xasprintf("%s" STAND_IN, name);
}

static int lock_stand_in(int dirfd, const char *name, enum lock_mode mode, enum lock_wait wait,
			 struct error *err)
{
	autofree char *stand_in = stand_in_name(name);

	for (;;) {
		autoclose int fd = -EBADF;

		if (mkdirat(dirfd, stand_in, 0700) < 0 && errno != EEXIST)
			return error_errno(err, "cannot create lock '%s'", stand_in);
		fd = openat(dirfd, stand_in, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
		if (fd < 0 && errno == ENOENT)
			continue;
		if (fd < 0)
			return error_errno(err, "cannot open lock '%s'", stand_in);
		if (lock_fd(fd, mode, wait) < 0)
			return cannot_lock(stand_in, err);
		if (lock_is_named(fd, dirfd, stand_in))
			return fd_steal(&fd);
	}
}

static int open_file(int dirfd, const char *name, struct error *err)
{
	int fd = openat(dirfd, name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0600);

	return fd < 0 ? error_errno(err, "cannot open lock '%s'", name) : fd;
}

/* The descriptor that holds the lock. *ret_stands_in: it is not the file's. */
static int open_locked(int dirfd, const char *name, enum lock_mode mode, enum lock_wait wait,
		       bool *ret_stands_in, struct error *err)
{
	for (;;) {
		autoclose int fd = open_file(dirfd, name, err);

		if (fd < 0)
			return -1;
		*ret_stands_in = lock_fd(fd, mode, wait) < 0;
		if (*ret_stands_in)
			return lock_is_unsupported(errno)
				       ? lock_stand_in(dirfd, name, mode, wait, err)
				       : cannot_lock(name, err);
		if (lock_is_named(fd, dirfd, name))
			return fd_steal(&fd);
	}
}

int lock_open_at(int dirfd, const char *name, enum lock_mode mode, enum lock_wait wait,
		 struct error *err)
{
	bool stands_in;

	return open_locked(dirfd, name, mode, wait, &stands_in, err);
}

int lock_file_open_at(int dirfd, const char *name, enum lock_mode mode, enum lock_wait wait,
		      struct lock_file *ret, struct error *err)
{
	bool stands_in;
	int fd = open_locked(dirfd, name, mode, wait, &stands_in, err);
	autolockfile struct lock_file file = { fd, -EBADF, dirfd, NULL };

	if (fd < 0)
		return -1;
	if (stands_in) {
		file.stand_in = fd;
		file.stand_in_name = stand_in_name(name);
		/* The file that was there before the lock may have been renamed or removed since. */
		file.fd = open_file(dirfd, name, err);
		if (file.fd < 0)
			return -1;
	}
	*ret = file;
	file = (struct lock_file)LOCK_FILE_INIT;
	return 0;
}

void lock_file_release(struct lock_file *file)
{
	if (!file)
		return;
	if (file->stand_in_name)
		unlinkat(file->dirfd, file->stand_in_name, AT_REMOVEDIR);
	free(file->stand_in_name);
	fd_close(&file->stand_in);
	fd_close(&file->fd);
	*file = (struct lock_file)LOCK_FILE_INIT;
}

int lock_file_try(int fd, int dirfd, const char *name, struct lock_file *ret, struct error *err)
{
	struct error cause = { 0 };
	int stand_in;

	if (lock_fd(fd, LOCK_EXCLUSIVE, LOCK_TRY) == 0)
		return 1;
	if (!lock_is_unsupported(errno))
		return errno == EWOULDBLOCK ? 0 : cannot_lock(name, err);
	stand_in = lock_stand_in(dirfd, name, LOCK_EXCLUSIVE, LOCK_TRY, &cause);
	if (stand_in < 0)
		return cause.saved_errno == EWOULDBLOCK ? 0 : error_move(err, &cause);
	*ret = (struct lock_file) { -EBADF, stand_in, dirfd, stand_in_name(name) };
	return 1;
}

/* Open what may be locked, or a FIFO or the like in its place, without waiting. */
static int open_to_look(int dirfd, const char *path, int flags)
{
	return openat(dirfd, path,
		      O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | flags);
}

bool lock_is_held_at(int dirfd, const char *path)
{
	autoclose int fd = open_to_look(dirfd, path, 0);
	autoclose int stand_in = -EBADF;
	autofree char *name = NULL;

	if (fd < 0)
		return errno != ENOENT;
	if (lock_fd(fd, LOCK_SHARED, LOCK_TRY) == 0)
		return false;
	if (!lock_is_unsupported(errno))
		return true;
	name = stand_in_name(path);
	stand_in = open_to_look(dirfd, name, O_DIRECTORY);
	if (stand_in < 0)
		return errno != ENOENT;
	return lock_fd(stand_in, LOCK_SHARED, LOCK_TRY) < 0;
}

void lock_discard_at(int lock, int dirfd, const char *name)
{
	autofree char *stand_in = stand_in_name(name);

	if (lock_is_named(lock, dirfd, name)) {
		unlinkat(dirfd, name, 0);
	} else if (lock_is_named(lock, dirfd, stand_in)) {
		unlinkat(dirfd, name, 0);
		unlinkat(dirfd, stand_in, AT_REMOVEDIR);
	}
}

bool lock_is_stand_in(const char *name)
{
	return str_ends_with(name, STAND_IN);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "system/lock.h"

#include "system/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

int lock_open_at(int dirfd, const char *name, enum lock_mode mode, enum lock_wait wait,
		 struct error *err)
{
	int operation =
		(mode == LOCK_SHARED ? LOCK_SH : LOCK_EX) | (wait == LOCK_TRY ? LOCK_NB : 0);

	for (;;) {
		autoclose int fd = openat(
			dirfd, name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0600);
		struct stat ours;
		struct stat named;

		if (fd < 0)
			return error_errno(err, "cannot open lock '%s'", name);
		while (flock(fd, operation) < 0)
			if (errno != EINTR)
				return error_errno(err, "cannot lock '%s'", name);
		if (fstat(fd, &ours) < 0)
			return error_errno(err, "cannot stat lock '%s'", name);
		if (fstatat(dirfd, name, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
		    named.st_dev == ours.st_dev && named.st_ino == ours.st_ino)
			return fd_steal(&fd);
	}
}

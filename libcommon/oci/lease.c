/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/lease.h"

#include "base/str.h"
#include "system/fd.h"
#include "system/lock.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

/* Bytes of one lease: an image of all platforms has 1,024 documents of 499 layers at most. */
#define LEASE_MAX (64U << 20)

static int choose_lease_name(struct lease *lease, struct error *err)
{
	uint64_t number;

	if (getrandom(&number, sizeof(number), 0) != sizeof(number))
		return error_errno(err, "cannot get random bytes");
	snprintf(lease->name, sizeof(lease->name), "%016" PRIx64, number);
	return 0;
}

/* The folder is as open as the layout: other users may write to one that is shared. */
static int open_lease_folder(int layoutfd, struct error *err)
{
	int fd = openat(layoutfd, LEASE_DIR, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd >= 0)
		return fd;
	if (errno != ENOENT)
		return error_errno(err, "cannot open '" LEASE_DIR "'");
	if (dir_make_at(layoutfd, LEASE_DIR, 0777, err) < 0)
		return -1;
	return dir_open_at(layoutfd, LEASE_DIR, err);
}

int lease_open(int layoutfd, struct lease *ret, struct error *err)
{
	autolease struct lease lease = LEASE_INIT;

	if (choose_lease_name(&lease, err) < 0)
		return -1;
	lease.dirfd = open_lease_folder(layoutfd, err);
	if (lease.dirfd < 0)
		return -1;
	if (lock_file_open_at(lease.dirfd, lease.name, LOCK_EXCLUSIVE, LOCK_WAIT, &lease.file,
			      err) < 0)
		return -1;
	if (fcntl(lease.file.fd, F_SETFL, O_APPEND) < 0)
		return error_errno(err, "cannot open lease '%s'", lease.name);
	*ret = lease;
	lease = (struct lease)LEASE_INIT;
	return 0;
}

int lease_add(const struct lease *lease, const struct digest *digest, struct error *err)
{
	char line[DIGEST_TEXT_MAX + 2];
	int len = snprintf(line, sizeof(line), "%s\n", digest->text);

	/* One write of a whole line, appended: threads share the descriptor. */
	if (fd_write_all(lease->file.fd, line, (size_t)len) < 0)
		return error_errno(err, "cannot write lease '%s'", lease->name);
	return 0;
}

void lease_release(struct lease *lease)
{
	if (!lease)
		return;
	if (lease->file.fd >= 0)
		unlinkat(lease->dirfd, lease->name, 0);
	lock_file_release(&lease->file);
	fd_close(&lease->dirfd);
	*lease = (struct lease)LEASE_INIT;
}

/* What is no regular file was put there by somebody else, and is as good as not there. */
static int no_lease(void)
{
	errno = ENOENT;
	return -1;
}

/* Open a lease, for writing where that is possible: some filesystems lock nothing else. */
static int open_lease_file(int dirfd, const char *name)
{
	const int flags = O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	autoclose int fd = -EBADF;
	struct stat st;

	if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -1;
	if (!S_ISREG(st.st_mode))
		return no_lease();
	fd = openat(dirfd, name, O_RDWR | flags);
	if (fd < 0 && (errno == EROFS || errno == EACCES))
		fd = openat(dirfd, name, O_RDONLY | flags);
	/* It may have been replaced meanwhile. */
	if (fd < 0 || fstat(fd, &st) < 0)
		return -1;
	return S_ISREG(st.st_mode) ? fd_steal(&fd) : no_lease();
}

/* Open a lease that is held. Returns the descriptor; -EBADF when there is none under that name, or one
 * that is not held; -1 on failure. */
static int open_held_lease(int dirfd, const char *name, struct error *err)
{
	autoclose int fd = open_lease_file(dirfd, name);
	autolockfile struct lock_file lock = LOCK_FILE_INIT;
	int taken;

	if (fd < 0)
		return errno == ENOENT ? -EBADF : error_errno(err, "cannot open lease '%s'", name);
	taken = lock_file_try(fd, dirfd, name, &lock, err);
	if (taken < 0)
		return error_prefix(err, "lease");
	return taken ? -EBADF : fd_steal(&fd);
}

/* The lines of a lease. The last one, without a line feed, is of a write that failed. */
static int read_lease(int fd,
		      int (*each)(const struct digest *digest, void *data, struct error *err),
		      void *data, struct error *err)
{
	autostr struct str text = STR_INIT;
	char *end;

	if (fd_read_rest(fd, LEASE_MAX, &text, err) < 0)
		return -1;
	for (char *line = text.data; line && (end = strchr(line, '\n')); line = end + 1) {
		struct digest digest;

		*end = '\0';
		if (digest_parse(line, &digest, NULL) == 0 && each(&digest, data, err) < 0)
			return -1;
	}
	return 0;
}

int lease_each(int layoutfd,
	       int (*each)(const struct digest *digest, void *data, struct error *err), void *data,
	       struct error *err)
{
	autostrlist struct strlist names = STRLIST_INIT;
	struct error cause = { 0 };
	autoclose int dirfd = dir_open_at(layoutfd, LEASE_DIR, &cause);

	if (dirfd < 0 && cause.saved_errno == ENOENT)
		return 0;
	if (dirfd < 0)
		return error_move(err, &cause);
	if (dir_list_at(dirfd, ".", &names, err) < 0)
		return error_prefix(err, "'" LEASE_DIR "'");
	for (size_t i = 0; i < names.len; i++) {
		autoclose int fd = lock_is_stand_in(names.items[i])
					   ? -EBADF
					   : open_held_lease(dirfd, names.items[i], err);

		if (fd == -1)
			return -1;
		if (fd >= 0 && read_lease(fd, each, data, err) < 0)
			return error_prefix(err, "lease '%s'", names.items[i]);
	}
	return 0;
}

/* Open a lease that is not held, and take its lock. Returns the descriptor, or -1. */
static int open_dead_lease(int dirfd, const char *name, struct lock_file *ret_lock)
{
	autoclose int fd = lock_is_stand_in(name) ? -EBADF : open_lease_file(dirfd, name);

	if (fd < 0 || lock_file_try(fd, dirfd, name, ret_lock, NULL) <= 0)
		return -1;
	return fd_steal(&fd);
}

/* Append the names in LEASE_DIR. Returns a descriptor of it, or -1. */
static int list_leases(int layoutfd, struct strlist *ret)
{
	int dirfd = dir_open_at(layoutfd, LEASE_DIR, NULL);

	if (dirfd >= 0)
		dir_list_at(dirfd, ".", ret, NULL);
	return dirfd;
}

void lease_list_dead(int layoutfd, struct strlist *ret)
{
	autostrlist struct strlist names = STRLIST_INIT;
	autoclose int dirfd = list_leases(layoutfd, &names);

	for (size_t i = 0; i < names.len; i++) {
		autolockfile struct lock_file lock = LOCK_FILE_INIT;
		autoclose int fd = open_dead_lease(dirfd, names.items[i], &lock);

		if (fd >= 0)
			strlist_append(ret, names.items[i]);
	}
}

void lease_remove_dead(int layoutfd)
{
	autostrlist struct strlist names = STRLIST_INIT;
	autoclose int dirfd = list_leases(layoutfd, &names);

	for (size_t i = 0; i < names.len; i++) {
		autolockfile struct lock_file lock = LOCK_FILE_INIT;
		autoclose int fd = open_dead_lease(dirfd, names.items[i], &lock);

		/* A writer that waited for the lock meanwhile sees that the name is gone. */
		if (fd >= 0 && lock_is_named(fd, dirfd, names.items[i]))
			unlinkat(dirfd, names.items[i], 0);
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "layer/copy.h"

#include "base/alloc.h"
#include "system/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define COPY_CHUNK (1U << 30) /* bytes for one copy_file_range(2): a signal is heard between two */
#define BUFFER_SIZE (256U << 10)
#define STAT_BLOCK 512 /* bytes: the unit of st_blocks */

int copy_metadata(const struct copy_rules *rules, int from, int to, const struct stat *st,
		  struct error *err)
{
	if (rules->owner == COPY_OWNER && fchown(to, st->st_uid, st->st_gid) < 0)
		return error_errno(err, "cannot set the owner");
	if (fchmod(to, st->st_mode & 07777) < 0)
		return error_errno(err, "cannot set the mode");
	return xattr_copy(from, to, rules->route, rules->refusal, err);
}

int copy_metadata_and_time(const struct copy_rules *rules, int from, int to, const struct stat *st,
			   struct error *err)
{
	const struct timespec times[2] = { st->st_mtim, st->st_mtim };

	if (copy_metadata(rules, from, to, st, err) < 0)
		return -1;
	return futimens(to, times) < 0 ? error_errno(err, "cannot set the time") : 0;
}

/* Where the kernel cannot copy: from this filesystem to that one, or at all. */
static int copy_by_buffer(int from, int to, off_t at, off_t end, struct error *err)
{
	autofree char *buffer = xmalloc(BUFFER_SIZE);

	while (at < end) {
		size_t wanted = end - at < BUFFER_SIZE ? (size_t)(end - at) : BUFFER_SIZE;
		ssize_t len = pread(from, buffer, wanted, at);

		if (len < 0)
			return error_errno(err, "cannot read");
		if (len == 0)
			return 0;
		for (ssize_t done = 0; done < len;) {
			ssize_t n = pwrite(to, buffer + done, (size_t)(len - done), at + done);

			if (n < 0)
				return error_errno(err, "cannot write");
			done += n;
		}
		at += len;
	}
	return 0;
}

/* Copy the bytes from at to end; less when the file has become shorter. */
static int copy_range(int from, int to, off_t at, off_t end, struct error *err)
{
	off_t to_at = at;

	while (at < end) {
		size_t wanted = end - at < COPY_CHUNK ? (size_t)(end - at) : COPY_CHUNK;
		ssize_t len = copy_file_range(from, &at, to, &to_at, wanted, 0);

		if (len > 0)
			continue;
		/* Some filesystems answer 0 where there is something to copy: read(2) says whether
		 * the file has become shorter. */
		if (len == 0 || errno == EXDEV || errno == EINVAL || errno == ENOTSUP ||
		    errno == ENOSYS || errno == EPERM)
			return copy_by_buffer(from, to, at, end, err);
		return error_errno(err, "cannot copy");
	}
	return 0;
}

/* Only the data, so that what is a hole stays one. */
static int copy_data(int from, int to, off_t size, struct error *err)
{
	off_t end = 0;

	while (end < size) {
		off_t start = lseek(from, end, SEEK_DATA);

		if (start < 0 && errno == ENXIO)
			break;
		/* A filesystem that does not know where its holes are. */
		if (start < 0)
			return copy_range(from, to, end, size, err);
		end = lseek(from, start, SEEK_HOLE);
		if (end < 0)
			return error_errno(err, "cannot find a hole");
		if (copy_range(from, to, start, end < size ? end : size, err) < 0)
			return -1;
	}
	return ftruncate(to, size) < 0 ? error_errno(err, "cannot set the size") : 0;
}

/* st is of the first; the other is empty. */
static int copy_content(int from, int to, const struct stat *st, struct error *err)
{
	if (st->st_size == 0 || ioctl(to, FICLONE, from) == 0)
		return 0;
	if (st->st_blocks * STAT_BLOCK < st->st_size)
		return copy_data(from, to, st->st_size, err);
	return copy_range(from, to, 0, st->st_size, err);
}

static int copy_file(const struct copy_rules *rules, int dirfd, const char *name, int to_dirfd,
		     const char *to_name, struct error *err)
{
	autoclose int from =
		openat(dirfd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	autoclose int to = -EBADF;
	struct stat st;

	if (from < 0 || fstat(from, &st) < 0)
		return error_errno(err, "cannot open");
	/* Something else stands there since it was looked up. */
	if (!S_ISREG(st.st_mode))
		return error_set(err, ERROR_FAILED, "it changed while it was copied");
	to = openat(to_dirfd, to_name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (to < 0)
		return error_errno(err, "cannot create");
	if (copy_content(from, to, &st, err) < 0)
		return -1;
	return copy_metadata_and_time(rules, from, to, &st, err);
}

static int make_symlink(int dirfd, const char *name, int to_dirfd, const char *to_name,
			struct error *err)
{
	char target[PATH_MAX];
	ssize_t len = readlinkat(dirfd, name, target, sizeof(target));

	if (len < 0)
		return error_errno(err, "cannot read symlink");
	if (len == sizeof(target))
		return error_set(err, ERROR_FAILED, "the symlink is too long");
	target[len] = '\0';
	return symlinkat(target, to_dirfd, to_name) < 0 ? error_errno(err, "cannot create") : 0;
}

/* Symlinks, FIFOs, devices: made without being opened. They have no attributes that are kept. The
 * mode is set by itself, because mknod(2) obeys the umask and chown(2) clears the set-ID bits. */
static int copy_special(const struct copy_rules *rules, int dirfd, const char *name,
			const struct stat *st, int to_dirfd, const char *to_name, struct error *err)
{
	const struct timespec times[2] = { st->st_mtim, st->st_mtim };
	bool is_symlink = S_ISLNK(st->st_mode);

	if (is_symlink && make_symlink(dirfd, name, to_dirfd, to_name, err) < 0)
		return -1;
	if (!is_symlink &&
	    mknodat(to_dirfd, to_name, (st->st_mode & S_IFMT) | 0600, st->st_rdev) < 0)
		return error_errno(err, "cannot create");
	if (rules->owner == COPY_OWNER &&
	    fchownat(to_dirfd, to_name, st->st_uid, st->st_gid, AT_SYMLINK_NOFOLLOW) < 0)
		return error_errno(err, "cannot set the owner");
	if (!is_symlink && fchmodat(to_dirfd, to_name, st->st_mode & 07777, 0) < 0)
		return error_errno(err, "cannot set the mode");
	if (utimensat(to_dirfd, to_name, times, AT_SYMLINK_NOFOLLOW) < 0)
		return error_errno(err, "cannot set the time");
	return 0;
}

int copy_object(const struct copy_rules *rules, int dirfd, const char *name, const struct stat *st,
		int to_dirfd, const char *to_name, struct error *err)
{
	bool is_device = S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode);
	int result;

	if (S_ISSOCK(st->st_mode) || (is_device && rules->device == COPY_NO_DEVICE))
		return 0;
	result = S_ISREG(st->st_mode)
			 ? copy_file(rules, dirfd, name, to_dirfd, to_name, err)
			 : copy_special(rules, dirfd, name, st, to_dirfd, to_name, err);
	return result < 0 ? -1 : 1;
}

bool copy_replaces_link(int number)
{
	return number == EPERM || number == ENOTSUP || number == ENOSYS || number == EMLINK;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "system/fd.h"

#include "base/alloc.h"
#include "system/lock.h"
#include "system/sync.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

void fd_close(int *fd)
{
	int number = errno;

	if (*fd >= 0)
		close(*fd);
	*fd = -EBADF;
	errno = number;
}

int *fd_array(size_t len)
{
	int *fds = xcalloc(len, sizeof(*fds));

	for (size_t i = 0; i < len; i++)
		fds[i] = -EBADF;
	return fds;
}

int fd_write_all(int fd, const void *data, size_t len)
{
	const char *p = data;

	while (len) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

ssize_t fd_read_full(int fd, void *buffer, size_t size)
{
	size_t got = 0;

	while (got < size) {
		ssize_t n = read(fd, (char *)buffer + got, size - got);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		got += (size_t)n;
	}
	return (ssize_t)got;
}

ssize_t fd_pread_full(int fd, void *buffer, size_t size, uint64_t offset)
{
	size_t got = 0;

	while (got < size) {
		ssize_t n = pread(fd, (char *)buffer + got, size - got, (off_t)(offset + got));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		got += (size_t)n;
	}
	return (ssize_t)got;
}

#define STALE_TRIES 10
#define READ_CHUNK 16384U
#define OVERWRITE_MAX (64U << 20) /* bytes */

int fd_read_rest(int fd, size_t max, struct str *ret, struct error *err)
{
	size_t total = 0;

	for (;;) {
		ssize_t n;

		str_reserve(ret, READ_CHUNK);
		n = read(fd, ret->data + ret->len, READ_CHUNK);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_errno(err, "cannot read");
		if (n == 0)
			break;
		total += (size_t)n;
		if (total > max)
			return error_set(err, ERROR_FAILED, "larger than %zu bytes", max);
		ret->len += (size_t)n;
	}
	ret->data[ret->len] = '\0';
	return 0;
}

/* The file that has the name now; flags: O_NOFOLLOW or 0. */
static int read_file_once(int dirfd, const char *path, int flags, size_t max, struct str *ret,
			  struct error *err)
{
	/* O_NONBLOCK: a FIFO must not hold us up before it is refused. */
	autoclose int fd =
		openat(dirfd, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | flags);
	struct stat st;

	if (fd < 0) {
		error_errno(err, "cannot open '%s'", path);
		return error_errno_is(err, ENOENT) ? error_recode(err, ERROR_NOT_FOUND) : -1;
	}
	if (fstat(fd, &st) < 0)
		return error_errno(err, "cannot stat '%s'", path);
	if (!S_ISREG(st.st_mode))
		return error_set(err, ERROR_FAILED, "'%s' is not a regular file", path);
	if (st.st_size > 0 && (uint64_t)st.st_size > max)
		return error_set(err, ERROR_FAILED, "'%s': larger than %zu bytes", path, max);
	/* The size decides the first allocation; files of /proc say 0 and are read in chunks. */
	if (st.st_size > 0)
		str_reserve(ret, (size_t)st.st_size + READ_CHUNK);
	if (fd_read_rest(fd, max, ret, err) < 0)
		return error_prefix(err, "'%s'", path);
	return 0;
}

/* NFS and FUSE forget a file that was replaced between two calls: then another one has the name. */
static int read_file(int dirfd, const char *path, int flags, size_t max, struct str *ret,
		     struct error *err)
{
	size_t len = ret->len;

	for (int i = 1;; i++) {
		struct error cause = { 0 };

		if (read_file_once(dirfd, path, flags, max, ret, &cause) == 0)
			return 0;
		if (cause.saved_errno != ESTALE || i == STALE_TRIES)
			return error_move(err, &cause);
		ret->len = len;
	}
}

int file_read_at(int dirfd, const char *path, size_t max, struct str *ret, struct error *err)
{
	return read_file(dirfd, path, O_NOFOLLOW, max, ret, err);
}

int file_read_linked_at(int dirfd, const char *path, size_t max, struct str *ret, struct error *err)
{
	if (read_file(dirfd, path, 0, max, ret, err) == 0)
		return 0;
	return error_errno_is(err, ENOTDIR) ? error_recode(err, ERROR_NOT_FOUND) : -1;
}

#define PART_DIGITS 16

char *file_part_name(const char *path)
{
	unsigned long long number = 0;

	if (getrandom(&number, sizeof(number), GRND_NONBLOCK) != sizeof(number))
		number = (unsigned long long)getpid();
	return xasprintf("%s.%0*llx" FILE_PART_SUFFIX, path, PART_DIGITS, number);
}

bool file_is_part(const char *name)
{
	const size_t tail = PART_DIGITS + strlen(FILE_PART_SUFFIX);
	size_t len = strlen(name);
	const char *digits;

	if (len < tail + 2 || !str_ends_with(name, FILE_PART_SUFFIX))
		return false;
	digits = name + len - tail;
	return digits[-1] == '.' && strspn(digits, "0123456789abcdef") == PART_DIGITS;
}

/* NULL, or what failed, with errno. */
static const char *write_part(int dirfd, const char *part, const void *data, size_t len,
			      mode_t mode, enum file_sync sync)
{
	autoclose int fd =
		openat(dirfd, part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);

	if (fd < 0)
		return "create";
	if (fd_write_all(fd, data, len) < 0)
		return "write";
	return sync != FILE_NO_SYNC && sync_file(fd, SYNC_WHOLE) < 0 ? "sync" : NULL;
}

/* Some filesystems rename over no file that is open (SMB, vboxsf). */
static bool is_open_file(int number)
{
	return number == EBUSY || number == ETXTBSY;
}

/* Let the file in the making take the place of what is there. Readers have that open for an instant, so it is
 * tried again for about a second. */
static int replace_file(int dirfd, const char *part, const char *path)
{
	unsigned int tries = 0;

	while (renameat(dirfd, part, dirfd, path) < 0)
		if (!is_open_file(errno) || !lock_pause(&tries))
			return -1;
	return 0;
}

/* Errors name path: part is a name that no reader has seen. */
static int publish_file(int dirfd, const char *path, const char *part, const void *data, size_t len,
			mode_t mode, enum file_sync sync, struct error *err)
{
	const char *failed = write_part(dirfd, part, data, len, mode, sync);

	if (!failed && replace_file(dirfd, part, path) < 0)
		failed = "replace";
	if (failed) {
		error_errno(err, "cannot %s '%s'", failed, path);
		if (is_open_file(errno)) {
			error_recode(err, ERROR_TEMPORARY);
			error_hint(
				err,
				"a program has it open, and this filesystem replaces no such file");
		}
		unlinkat(dirfd, part, 0);
		return -1;
	}
	if (sync == FILE_SYNC && sync_parents(dirfd, path, 1, err) < 0)
		return error_prefix(err, "'%s'", path);
	return 0;
}

int file_write_at(int dirfd, const char *path, const void *data, size_t len, mode_t mode,
		  enum file_sync sync, struct error *err)
{
	autofree char *part = file_part_name(path);

	return publish_file(dirfd, path, part, data, len, mode, sync, err);
}

int file_write_locked_at(int dirfd, const char *path, const void *data, size_t len, mode_t mode,
			 enum file_sync sync, struct error *err)
{
	autofree char *part = xasprintf("%s" FILE_PART_SUFFIX, path);

	if (unlinkat(dirfd, part, 0) < 0 && errno != ENOENT)
		return error_errno(err, "cannot remove '%s'", part);
	return publish_file(dirfd, path, part, data, len, mode, sync, err);
}

int file_overwrite_at(int dirfd, const char *path, const char *data, size_t len, struct error *err)
{
	autoclose int fd = openat(dirfd, path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	autostr struct str old = STR_INIT;
	autostr struct str padded = STR_INIT;
	size_t same = 0;
	size_t rest;

	if (fd < 0)
		return error_errno(err, "cannot open '%s'", path);
	if (fd_read_rest(fd, OVERWRITE_MAX, &old, err) < 0)
		return error_prefix(err, "'%s'", path);
	if (len > old.len) {
		errno = EFBIG;
		return error_errno(err, "cannot write over '%s'", path);
	}
	str_append_bytes(&padded, data, len);
	while (padded.len < old.len)
		str_append_char(&padded, ' ');
	while (same < padded.len && padded.data[same] == old.data[same])
		same++;
	rest = padded.len - same;
	if (pwrite(fd, padded.data + same, rest, (off_t)same) != (ssize_t)rest ||
	    sync_file(fd, SYNC_WHOLE) < 0)
		return error_errno(err, "cannot write over '%s'", path);
	return 0;
}

/* Nothing can be made in a directory that its owner may not use. */
static int check_umask(const char *path, struct error *err)
{
	mode_t mask = umask(022);

	umask(mask);
	if (!(mask & 0700))
		return 0;
	error_set(err, ERROR_FAILED, "cannot create directory '%s': umask %04o shuts its owner out",
		  path, mask);
	return error_hint(err, "umask 022");
}

/* Returns 1 when it was made, 0 when something is there; errno is mkdirat()'s. */
static int make_component(int dirfd, const char *path, mode_t mode, struct error *err)
{
	if (mkdirat(dirfd, path, mode) == 0)
		return 1;
	return errno == EEXIST ? 0 : error_errno(err, "cannot create directory '%s'", path);
}

int dir_make_at(int dirfd, const char *path, mode_t mode, struct error *err)
{
	autofree char *copy = xstrdup(path);
	int n_made = 0;
	int made;

	/* Most often everything but the last component is there. */
	made = make_component(dirfd, path, mode, NULL);
	if (made >= 0)
		return made;
	if (errno != ENOENT)
		return error_errno(err, "cannot create directory '%s'", path);
	if (check_umask(path, err) < 0)
		return -1;
	for (char *p = copy + 1; *copy && *p; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		made = make_component(dirfd, copy, mode, err);
		if (made < 0)
			return -1;
		n_made += made;
		*p = '/';
	}
	made = make_component(dirfd, path, mode, err);
	return made < 0 ? -1 : n_made + made;
}

void file_remember_at(int dirfd, const char *path, const void *data, size_t len)
{
	autofree char *folder = xstrndup(path, (size_t)(strrchr(path, '/') - path));
	void (*old_action)(int) = signal(SIGXFSZ, SIG_IGN);

	if (dir_make_at(dirfd, folder, 0700, NULL) >= 0)
		file_write_at(dirfd, path, data, len, 0600, FILE_NO_SYNC, NULL);
	signal(SIGXFSZ, old_action);
}

static int detach_dir(int fd, const char *path, mode_t mode, struct error *err)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return error_errno(err, "cannot stat '%s'", path);
	/* Not every filesystem has groups and ACLs; where one has none, none is handed down. */
	if (st.st_gid != getegid() && fchown(fd, (uid_t)-1, getegid()) < 0 &&
	    (st.st_mode & S_ISGID))
		return error_errno(err, "cannot change the group of '%s'", path);
	fremovexattr(fd, "system.posix_acl_default");
	fremovexattr(fd, "system.posix_acl_access");
	return fchmod(fd, mode) < 0 ? error_errno(err, "cannot change the mode of '%s'", path) : 0;
}

int dir_detach_at(int dirfd, const char *path, mode_t mode, struct error *err)
{
	autoclose int fd = openat(dirfd, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd >= 0 && detach_dir(fd, path, mode, err) == 0)
		return 0;
	if (fd < 0) {
		error_errno(err, "cannot open directory '%s'", path);
		check_umask(path, err);
	}
	unlinkat(dirfd, path, AT_REMOVEDIR);
	return -1;
}

int dir_make_own_at(int dirfd, const char *path, mode_t mode, struct error *err)
{
	int n_made = dir_make_at(dirfd, path, mode, err);

	if (n_made <= 0)
		return n_made;
	return dir_detach_at(dirfd, path, mode, err) < 0 ? -1 : n_made;
}

int dir_make_inner_at(int dirfd, const char *path, mode_t mode, struct error *err)
{
	struct stat st;

	if (fstatat(dirfd, path, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return dir_make_own_at(dirfd, path, mode, err);
	if (!S_ISDIR(st.st_mode) || !(st.st_mode & S_ISGID) || st.st_uid != geteuid())
		return 0;
	return dir_detach_at(dirfd, path, st.st_mode & 0777, err);
}

int dir_open_at(int dirfd, const char *path, struct error *err)
{
	int fd = openat(dirfd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0) {
		error_errno(err, "cannot open directory '%s'", path);
		if (errno == ENOENT)
			error_recode(err, ERROR_NOT_FOUND);
	}
	return fd;
}

int dir_list_at(int dirfd, const char *path, struct strlist *ret, struct error *err)
{
	autoclose int fd = openat(dirfd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	int failure;

	if (!dir)
		return error_errno(err, "cannot list directory");
	fd_steal(&fd);
	while ((errno = 0, entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			strlist_append(ret, entry->d_name);
	failure = errno;
	closedir(dir);
	errno = failure;
	return failure ? error_errno(err, "cannot read directory") : 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The content is an image's, so nothing is followed: source names are looked up one by one in the
 * merged tree, targets are made with O_EXCL beneath directories that only we write to.
 */
#include "volume_seed.h"

#include "base/alloc.h"
#include "base/str.h"
#include "system/fd.h"
#include "system/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <sys/xattr.h>

#define SEED_DEPTH_MAX 128
#define XATTRS_MAX 65536 /* bytes of names, and of one value: the kernel's own limits */

static int copy_xattrs(int from, int to, struct error *err)
{
	autofree char *names = xmalloc(XATTRS_MAX);
	autofree char *value = xmalloc(XATTRS_MAX);
	ssize_t len = flistxattr(from, names, XATTRS_MAX);

	for (char *name = names; len > 0 && name < names + len; name += strlen(name) + 1) {
		ssize_t size;

		/* The overlay's own marks mean nothing outside of it. */
		if (str_starts_with(name, "user.overlay.") ||
		    str_starts_with(name, "trusted.overlay."))
			continue;
		size = fgetxattr(from, name, value, XATTRS_MAX);
		if (size < 0 || fsetxattr(to, name, value, (size_t)size, 0) == 0)
			continue;
		if (errno != EPERM && errno != EOPNOTSUPP)
			return error_errno(err, "cannot set attribute '%s'", name);
	}
	return 0;
}

/* Owner before mode, because chown(2) clears setuid bits. With one ID owners are kept as data, in
 * an attribute that was copied. */
static int copy_metadata(int fd, const struct stat *st, const struct identity *identity,
			 struct error *err)
{
	const struct timespec times[] = { st->st_atim, st->st_mtim };

	if (!identity_has_one_id(identity) && fchown(fd, st->st_uid, st->st_gid) < 0)
		return error_errno(err, "cannot change the owner");
	if (fchmod(fd, st->st_mode & 07777) < 0 || futimens(fd, times) < 0)
		return error_errno(err, "cannot change the mode");
	return 0;
}

static int copy_content(int from, int to, struct error *err)
{
	autofree char *buffer = NULL;
	ssize_t n;

	if (ioctl(to, FICLONE, from) == 0)
		return 0;
	do {
		n = copy_file_range(from, NULL, to, NULL, 1U << 30, 0);
	} while (n > 0);
	if (n == 0)
		return 0;
	buffer = xmalloc(1U << 16);
	while ((n = read(from, buffer, 1U << 16)) > 0)
		if (fd_write_all(to, buffer, (size_t)n) < 0)
			return error_errno(err, "cannot write");
	return n < 0 ? error_errno(err, "cannot read") : 0;
}

static int copy_file(const struct merged_entry *entry, const char *name, int dirfd,
		     const struct identity *identity, struct error *err)
{
	autoclose int from = openat(entry->parent, name,
				    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	autoclose int to = -EBADF;
	struct stat st;

	if (from < 0 || fstat(from, &st) < 0 || !S_ISREG(st.st_mode))
		return error_errno(err, "cannot open");
	to = openat(dirfd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (to < 0)
		return error_errno(err, "cannot create");
	if (copy_content(from, to, err) < 0 || copy_xattrs(from, to, err) < 0)
		return -1;
	return copy_metadata(to, &st, identity, err);
}

static int copy_symlink(const struct merged_entry *entry, const char *name, int dirfd,
			const struct identity *identity, struct error *err)
{
	char target[PATH_MAX];
	ssize_t len = readlinkat(entry->parent, name, target, sizeof(target) - 1);

	if (len < 0)
		return error_errno(err, "cannot read symlink");
	target[len] = '\0';
	if (symlinkat(target, dirfd, name) < 0)
		return error_errno(err, "cannot create symlink");
	if (!identity_has_one_id(identity) &&
	    fchownat(dirfd, name, entry->stat.st_uid, entry->stat.st_gid, AT_SYMLINK_NOFOLLOW) < 0)
		return error_errno(err, "cannot change the owner");
	return 0;
}

static int copy_tree(const struct merged *from, int to, const struct identity *identity,
		     unsigned depth, struct error *err);

static int copy_directory(const struct merged_entry *entry, const char *name, int dirfd,
			  const struct identity *identity, unsigned depth, struct error *err)
{
	autoclose int to = -EBADF;

	if (mkdirat(dirfd, name, 0700) < 0)
		return error_errno(err, "cannot create directory");
	to = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (to < 0)
		return error_errno(err, "cannot open directory");
	if (copy_tree(&entry->dir, to, identity, depth + 1, err) < 0 ||
	    copy_xattrs(entry->dir.dirfds[0], to, err) < 0)
		return -1;
	return copy_metadata(to, &entry->stat, identity, err);
}

/* Sockets and devices are not content; a FIFO is made anew. */
static int copy_entry(const struct merged *from, const char *name, int to,
		      const struct identity *identity, unsigned depth, struct error *err)
{
	automergedentry struct merged_entry entry = MERGED_ENTRY_INIT;
	struct stat already;

	/* A name that several layers have is met several times. */
	if (fstatat(to, name, &already, AT_SYMLINK_NOFOLLOW) == 0)
		return 0;
	if (merged_lookup(from, name, &entry, err) < 0)
		return -1;
	if (entry.kind == MERGED_ABSENT)
		return 0;
	if (entry.kind == MERGED_DIRECTORY)
		return copy_directory(&entry, name, to, identity, depth, err);
	if (S_ISREG(entry.stat.st_mode))
		return copy_file(&entry, name, to, identity, err);
	if (S_ISLNK(entry.stat.st_mode))
		return copy_symlink(&entry, name, to, identity, err);
	if (S_ISFIFO(entry.stat.st_mode) && mkfifoat(to, name, entry.stat.st_mode & 07777) < 0)
		return error_errno(err, "cannot create FIFO");
	return 0;
}

static void cleanup_dir(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

static int copy_tree(const struct merged *from, int to, const struct identity *identity,
		     unsigned depth, struct error *err)
{
	if (depth > SEED_DEPTH_MAX)
		return error_set(err, ERROR_FAILED, "more than %d directories deep",
				 SEED_DEPTH_MAX);
	for (size_t i = 0; i < from->n_dirfds; i++) {
		int fd = openat(from->dirfds[i], ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		autocleanup(cleanup_dir) DIR *dir = fd < 0 ? NULL : fdopendir(fd);
		struct dirent *e;

		if (!dir)
			return error_errno(err, "cannot list directory");
		while ((e = readdir(dir))) {
			if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
				continue;
			if (copy_entry(from, e->d_name, to, identity, depth, err) < 0)
				return error_prefix(err, "%s", e->d_name);
		}
	}
	return 0;
}

static int seed_inside(const struct merged *root, const char *path, int volumes, const char *name,
		       const struct identity *identity, struct error *err)
{
	automerged struct merged parent = MERGED_INIT;
	automergedentry struct merged_entry entry = MERGED_ENTRY_INIT;
	autoclose int dirfd = -EBADF;

	if (identity_enter(identity, err) < 0 || tree_remove_at(volumes, name, err) < 0 ||
	    dir_make_at(volumes, name, 0700, err) < 0 ||
	    merged_resolve(root, path, &parent, &entry, NULL, err) < 0)
		return -1;
	dirfd = dir_open_at(volumes, name, err);
	if (dirfd < 0)
		return -1;
	if (entry.kind != MERGED_DIRECTORY)
		return fchmod(dirfd, 0755) < 0 ? error_errno(err, "cannot change the mode") : 0;
	if (copy_tree(&entry.dir, dirfd, identity, 0, err) < 0 ||
	    copy_xattrs(entry.dir.dirfds[0], dirfd, err) < 0)
		return -1;
	return copy_metadata(dirfd, &entry.stat, identity, err);
}

/* The child's last words: its error through a pipe, nothing when all went well. */
int volume_seed(const struct merged *root, const char *path, int dirfd, const char *name,
		const struct identity *identity, struct error *err)
{
	struct error why = { 0 };
	int ends[2];
	pid_t child;
	ssize_t len;
	int status;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_errno(err, "cannot make a pipe");
	child = fork();
	if (child == 0) {
		status = seed_inside(root, path, dirfd, name, identity, &why) < 0;
		if (status && write(ends[1], &why, sizeof(why)) < 0)
			status = 2;
		_exit(status);
	}
	fd_close(&ends[1]);
	len = child < 0 ? -1 : fd_read_full(ends[0], &why, sizeof(why));
	fd_close(&ends[0]);
	if (child < 0 || waitpid(child, &status, 0) < 0)
		return error_errno(err, "cannot run a child");
	if (len == sizeof(why)) {
		if (err)
			*err = why;
		return -1;
	}
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return error_set(err, ERROR_FAILED, "the child that copies ended unexpectedly");
	return 0;
}

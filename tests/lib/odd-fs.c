/* SPDX-License-Identifier: Apache-2.0 */
/*
 * odd-fs SOURCE MOUNTPOINT [FAULT...]: shows the directory SOURCE at MOUNTPOINT, by FUSE, as a file system
 * that lacks what the faults name. Stays until it is unmounted or gets SIGTERM.
 *
 *	flock-ENOSYS, flock-EOPNOTSUPP, flock-ENOLCK
 *			flock(2) and locks of fcntl(2) of a file fail so (Lustre without -o flock, NFS
 *			without its lock service). On directories the kernel has them by itself there and
 *			here.
 *	xattr		no extended attributes: EOPNOTSUPP (old tmpfs, NFS before 4.2)
 *	rename-EBUSY, rename-ETXTBSY
 *			a rename over a file that is open fails so (vboxsf, SMB)
 *	silly		a file that is open when its name goes stays as .fuse_hidden* (NFS: .nfs*)
 *	mmap		no shared mapping of a file: ENODEV (direct I/O)
 *	link, mknod, symlink
 *			no hard links, no devices and FIFOs, no symlinks: EPERM (FAT, SMB)
 *	chown		no file is given to another user: EPERM (NFS, a home of systemd-homed)
 *
 * It must be mounted as root: what callers make gets their owner, and the kernel checks permissions.
 */
#define FUSE_USE_VERSION 312

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fuse3/fuse.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#define OPEN_MAX_FILES 4096 /* that are open at once */

struct faults {
	int flock; /* errno, or 0 */
	int rename;
	bool xattr;
	bool silly;
	bool mmap;
	bool link;
	bool mknod;
	bool symlink;
	bool chown;
};

struct odd_fs {
	int source;
	struct faults faults;
	ino_t open
		[OPEN_MAX_FILES]; /* inodes of open files; 0: free. Requests come one at a time. */
};

static struct odd_fs *odd_fs(void)
{
	return fuse_get_context()->private_data;
}

/* Paths come as "/NAME/NAME": the name below SOURCE. */
static const char *below(const char *path)
{
	return path[1] ? path + 1 : ".";
}

static int answer(long result)
{
	return result < 0 ? -errno : (int)result;
}

/* What was just made belongs to the caller. */
static int give_owner(const char *path)
{
	const struct fuse_context *context = fuse_get_context();
	const struct odd_fs *fs = odd_fs();
	gid_t gid = context->gid;
	struct stat st;

	/* A set-group-ID directory has handed on its group. */
	if (fstatat(fs->source, below(path), &st, AT_SYMLINK_NOFOLLOW) == 0 && st.st_gid != 0)
		gid = (gid_t)-1;
	return answer(fchownat(fs->source, below(path), context->uid, gid, AT_SYMLINK_NOFOLLOW));
}

static int odd_getattr(const char *path, struct stat *st, struct fuse_file_info *fi)
{
	if (fi)
		return answer(fstat((int)fi->fh, st));
	return answer(fstatat(odd_fs()->source, below(path), st, AT_SYMLINK_NOFOLLOW));
}

static int odd_readlink(const char *path, char *buffer, size_t size)
{
	ssize_t len = readlinkat(odd_fs()->source, below(path), buffer, size - 1);

	if (len < 0)
		return -errno;
	buffer[len] = '\0';
	return 0;
}

static int odd_mknod(const char *path, mode_t mode, dev_t device)
{
	if (odd_fs()->faults.mknod && !S_ISREG(mode))
		return -EPERM;
	if (mknodat(odd_fs()->source, below(path), mode, device) < 0)
		return -errno;
	return give_owner(path);
}

static int odd_mkdir(const char *path, mode_t mode)
{
	if (mkdirat(odd_fs()->source, below(path), mode) < 0)
		return -errno;
	return give_owner(path);
}

static int odd_symlink(const char *target, const char *path)
{
	if (odd_fs()->faults.symlink)
		return -EPERM;
	if (symlinkat(target, odd_fs()->source, below(path)) < 0)
		return -errno;
	return give_owner(path);
}

static int odd_link(const char *path, const char *new_path)
{
	int source = odd_fs()->source;

	if (odd_fs()->faults.link)
		return -EPERM;
	return answer(linkat(source, below(path), source, below(new_path), 0));
}

static int odd_unlink(const char *path)
{
	return answer(unlinkat(odd_fs()->source, below(path), 0));
}

static int odd_rmdir(const char *path)
{
	return answer(unlinkat(odd_fs()->source, below(path), AT_REMOVEDIR));
}

static bool is_open(const struct odd_fs *fs, ino_t inode)
{
	for (size_t i = 0; i < OPEN_MAX_FILES; i++)
		if (fs->open[i] == inode)
			return true;
	return false;
}

static int odd_rename(const char *path, const char *new_path, unsigned int flags)
{
	const struct odd_fs *fs = odd_fs();
	struct stat st;

	/* A whiteout is a device. */
	if (fs->faults.mknod && flags & RENAME_WHITEOUT)
		return -EINVAL;
	if (fs->faults.rename &&
	    fstatat(fs->source, below(new_path), &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    is_open(fs, st.st_ino))
		return -fs->faults.rename;
	return answer(renameat2(fs->source, below(path), fs->source, below(new_path), flags));
}

static int odd_chmod(const char *path, mode_t mode, struct fuse_file_info *fi)
{
	return answer(fi ? fchmod((int)fi->fh, mode)
			 : fchmodat(odd_fs()->source, below(path), mode, 0));
}

static int odd_chown(const char *path, uid_t uid, gid_t gid, struct fuse_file_info *fi)
{
	const struct odd_fs *fs = odd_fs();
	struct stat st;

	if (fs->faults.chown && uid != (uid_t)-1 &&
	    fstatat(fs->source, below(path), &st, AT_SYMLINK_NOFOLLOW) == 0 && st.st_uid != uid)
		return -EPERM;
	return answer(fi ? fchown((int)fi->fh, uid, gid)
			 : fchownat(fs->source, below(path), uid, gid, AT_SYMLINK_NOFOLLOW));
}

static int odd_truncate(const char *path, off_t size, struct fuse_file_info *fi)
{
	int fd, result;

	if (fi)
		return answer(ftruncate((int)fi->fh, size));
	fd = openat(odd_fs()->source, below(path), O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	result = answer(ftruncate(fd, size));
	close(fd);
	return result;
}

static int odd_utimens(const char *path, const struct timespec times[2], struct fuse_file_info *fi)
{
	return answer(fi ? futimens((int)fi->fh, times)
			 : utimensat(odd_fs()->source, below(path), times, AT_SYMLINK_NOFOLLOW));
}

/* Note an open file. */
static int opened(int fd, struct fuse_file_info *fi)
{
	struct odd_fs *fs = odd_fs();
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	for (size_t i = 0; i < OPEN_MAX_FILES; i++) {
		if (fs->open[i])
			continue;
		fs->open[i] = st.st_ino;
		fi->fh = (uint64_t)fd;
		fi->direct_io = fs->faults.mmap;
		return 0;
	}
	close(fd);
	return -ENFILE;
}

static int odd_create(const char *path, mode_t mode, struct fuse_file_info *fi)
{
	int flags = fi->flags & ~(O_NOFOLLOW | O_APPEND | O_DIRECT);
	int result = opened(
		openat(odd_fs()->source, below(path), flags | O_CREAT | O_CLOEXEC, mode), fi);

	return result < 0 ? result : give_owner(path);
}

static int odd_open(const char *path, struct fuse_file_info *fi)
{
	int flags = fi->flags & ~(O_NOFOLLOW | O_APPEND | O_DIRECT);

	return opened(openat(odd_fs()->source, below(path), flags | O_CLOEXEC), fi);
}

static int odd_release(const char *path, struct fuse_file_info *fi)
{
	struct odd_fs *fs = odd_fs();
	struct stat st;

	(void)path;
	if (fstat((int)fi->fh, &st) == 0)
		for (size_t i = 0; i < OPEN_MAX_FILES; i++)
			if (fs->open[i] == st.st_ino) {
				fs->open[i] = 0;
				break;
			}
	close((int)fi->fh);
	return 0;
}

static int odd_read(const char *path, char *buffer, size_t size, off_t offset,
		    struct fuse_file_info *fi)
{
	(void)path;
	return answer(pread((int)fi->fh, buffer, size, offset));
}

static int odd_write(const char *path, const char *buffer, size_t size, off_t offset,
		     struct fuse_file_info *fi)
{
	(void)path;
	return answer(pwrite((int)fi->fh, buffer, size, offset));
}

static int odd_statfs(const char *path, struct statvfs *ret)
{
	(void)path;
	return answer(fstatvfs(odd_fs()->source, ret));
}

static int odd_fsync(const char *path, int only_data, struct fuse_file_info *fi)
{
	(void)path;
	return answer(only_data ? fdatasync((int)fi->fh) : fsync((int)fi->fh));
}

static int odd_readdir(const char *path, void *buffer, fuse_fill_dir_t fill, off_t offset,
		       struct fuse_file_info *fi, enum fuse_readdir_flags flags)
{
	int fd = openat(odd_fs()->source, below(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;

	(void)offset;
	(void)fi;
	(void)flags;
	if (!dir)
		return -errno;
	while ((entry = readdir(dir))) {
		struct stat st = { .st_ino = entry->d_ino,
				   .st_mode = (mode_t)DTTOIF(entry->d_type) };

		fill(buffer, entry->d_name, &st, 0, 0);
	}
	closedir(dir);
	return 0;
}

/* The attributes of symlinks are asked for without following, by the path in /proc. */
static const char *source_path(const char *path, char ret[PATH_MAX])
{
	snprintf(ret, PATH_MAX, "/proc/self/fd/%d/%s", odd_fs()->source, below(path));
	return ret;
}

static int odd_setxattr(const char *path, const char *name, const char *value, size_t size,
			int flags)
{
	char full[PATH_MAX];

	if (odd_fs()->faults.xattr)
		return -EOPNOTSUPP;
	return answer(lsetxattr(source_path(path, full), name, value, size, flags));
}

static int odd_getxattr(const char *path, const char *name, char *value, size_t size)
{
	char full[PATH_MAX];

	if (odd_fs()->faults.xattr)
		return -EOPNOTSUPP;
	return answer(lgetxattr(source_path(path, full), name, value, size));
}

static int odd_listxattr(const char *path, char *names, size_t size)
{
	char full[PATH_MAX];

	if (odd_fs()->faults.xattr)
		return -EOPNOTSUPP;
	return answer(llistxattr(source_path(path, full), names, size));
}

static int odd_removexattr(const char *path, const char *name)
{
	char full[PATH_MAX];

	if (odd_fs()->faults.xattr)
		return -EOPNOTSUPP;
	return answer(lremovexattr(source_path(path, full), name));
}

static int odd_flock(const char *path, struct fuse_file_info *fi, int operation)
{
	(void)path;
	(void)fi;
	(void)operation;
	return -odd_fs()->faults.flock;
}

static int odd_lock(const char *path, struct fuse_file_info *fi, int command, struct flock *lock)
{
	(void)path;
	(void)fi;
	(void)command;
	(void)lock;
	return -odd_fs()->faults.flock;
}

static void *odd_init(struct fuse_conn_info *connection, struct fuse_config *config)
{
	(void)connection;
	config->use_ino = 1;
	config->hard_remove = !odd_fs()->faults.silly;
	config->entry_timeout = 0;
	config->attr_timeout = 0;
	config->negative_timeout = 0;
	return odd_fs();
}

static struct fuse_operations operations = {
	.init = odd_init,
	.getattr = odd_getattr,
	.readlink = odd_readlink,
	.mknod = odd_mknod,
	.mkdir = odd_mkdir,
	.symlink = odd_symlink,
	.link = odd_link,
	.unlink = odd_unlink,
	.rmdir = odd_rmdir,
	.rename = odd_rename,
	.chmod = odd_chmod,
	.chown = odd_chown,
	.truncate = odd_truncate,
	.utimens = odd_utimens,
	.create = odd_create,
	.open = odd_open,
	.release = odd_release,
	.read = odd_read,
	.write = odd_write,
	.statfs = odd_statfs,
	.fsync = odd_fsync,
	.readdir = odd_readdir,
	.setxattr = odd_setxattr,
	.getxattr = odd_getxattr,
	.listxattr = odd_listxattr,
	.removexattr = odd_removexattr,
};

struct fault_name {
	const char *name;
	size_t offset; /* in struct faults */
	int number; /* an int: errno; 0: a bool */
};

static const struct fault_name fault_names[] = {
	{ "flock-ENOSYS", offsetof(struct faults, flock), ENOSYS },
	{ "flock-EOPNOTSUPP", offsetof(struct faults, flock), EOPNOTSUPP },
	{ "flock-ENOLCK", offsetof(struct faults, flock), ENOLCK },
	{ "rename-EBUSY", offsetof(struct faults, rename), EBUSY },
	{ "rename-ETXTBSY", offsetof(struct faults, rename), ETXTBSY },
	{ "xattr", offsetof(struct faults, xattr), 0 },
	{ "silly", offsetof(struct faults, silly), 0 },
	{ "mmap", offsetof(struct faults, mmap), 0 },
	{ "link", offsetof(struct faults, link), 0 },
	{ "mknod", offsetof(struct faults, mknod), 0 },
	{ "symlink", offsetof(struct faults, symlink), 0 },
	{ "chown", offsetof(struct faults, chown), 0 },
};

static bool set_fault(struct faults *faults, const char *word)
{
	for (size_t i = 0; i < sizeof(fault_names) / sizeof(fault_names[0]); i++) {
		const struct fault_name *fault = &fault_names[i];

		if (strcmp(fault->name, word) != 0)
			continue;
		if (fault->number)
			*(int *)((char *)faults + fault->offset) = fault->number;
		else
			*(bool *)((char *)faults + fault->offset) = true;
		return true;
	}
	fprintf(stderr, "odd-fs: error: unknown fault '%s'\n", word);
	return false;
}

int main(int argc, char **argv)
{
	static struct odd_fs fs;
	char options[] = "-oallow_other,default_permissions,dev,suid,fsname=odd-fs";
	char foreground[] = "-f";
	char one_thread[] = "-s";
	char *arguments[] = { argv[0], foreground, one_thread, options, argc > 2 ? argv[2] : NULL,
			      NULL };

	if (argc < 3) {
		fprintf(stderr, "usage: odd-fs SOURCE MOUNTPOINT [FAULT...]\n");
		return 2;
	}
	for (int i = 3; i < argc; i++)
		if (!set_fault(&fs.faults, argv[i]))
			return 2;
	fs.source = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fs.source < 0) {
		perror(argv[1]);
		return 1;
	}
	/* With these the kernel asks; without them it has locks of its own. */
	if (fs.faults.flock) {
		operations.flock = odd_flock;
		operations.lock = odd_lock;
	}
	umask(0);
	return fuse_main(5, arguments, &operations, &fs);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A payload "/proc/self/exe", or one that opens the exe link of a process of ours, holds our
 * binary; once that is no longer executed, root inside could write to it. Nothing can happen when
 * the file belongs to the host's root, which an unprivileged caller cannot map, and when nobody else
 * may write to it. In every other case (run as root, or from the user's own build directory) something else
 * is executed in its place:
 *
 *  - With CAP_SYS_ADMIN, the same file by a read-only mount of its own, which no path leads to. Its pages
 *    are shared with every other ctnr-exec.
 *  - Else a copy that lives in a sealed memfd: there is nothing to write to.
 */
#include "process/executable.h"

#include "base/alloc.h"
#include "base/cleanup.h"
#include "system/fd.h"
#include "system/process.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <linux/memfd.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U
#endif
#define SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

static bool is_sealed(int fd)
{
	int seals = fcntl(fd, F_GET_SEALS);

	return seals >= 0 && (seals & SEALS) == SEALS;
}

/* Is the file the root of a read-only mount? That is what protect_by_mount() makes: a directory is the root
 * of every other mount of a program. */
static bool is_mounted_alone(int fd)
{
	struct statx st;
	struct statvfs fs;

	return statx(fd, "", AT_EMPTY_PATH, 0, &st) == 0 &&
	       st.stx_attributes & STATX_ATTR_MOUNT_ROOT && fstatvfs(fd, &fs) == 0 &&
	       fs.f_flag & ST_RDONLY;
}

static bool is_protected(int fd)
{
	return is_sealed(fd) || is_mounted_alone(fd);
}

static bool belongs_to_system(int fd)
{
	struct stat st;

	return geteuid() != 0 && fstat(fd, &st) == 0 && st.st_uid == 0 && !(st.st_mode & 022);
}

/* The size in bytes of the part of our file that is loaded when it is executed: up to the end of the
 * last segment. Symbols and debugging information lie behind, and in the copy they would take memory as
 * long as the container runs. */
static off_t loaded_size(void)
{
	const ElfW(Phdr) *header = (const ElfW(Phdr) *)getauxval(AT_PHDR);
	size_t n = getauxval(AT_PHNUM);
	off_t end = 0;

	for (size_t i = 0; i < n; i++) {
		off_t segment_end = (off_t)(header[i].p_offset + header[i].p_filesz);

		if (header[i].p_type == PT_LOAD && segment_end > end)
			end = segment_end;
	}
	return end;
}

/* A limit of the size of files (ulimit -f) is an error, not a silent death. */
static int copy_bytes(int fd, int source, off_t left)
{
	void (*old_action)(int) = signal(SIGXFSZ, SIG_IGN);
	ssize_t n = 1;

	while (left > 0 && n > 0) {
		n = sendfile(fd, source, NULL, (size_t)left);
		left -= n;
	}
	signal(SIGXFSZ, old_action);
	return n > 0 ? 0 : -1;
}

static int copy_sealed(int source, struct error *err)
{
	autoclose int fd = memfd_create("ctnr-exec", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC);
	off_t size = loaded_size();

	if (fd < 0 && errno == EINVAL) /* before Linux 6.3 */
		fd = memfd_create("ctnr-exec", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd < 0)
		return error_errno(err, "cannot make a copy of this program in memory");
	if (copy_bytes(fd, source, size) < 0) {
		error_errno(err, "cannot copy this program into memory");
		return errno == EFBIG ? error_hint(err, "ulimit -f is too low for its %jd KiB",
						   (intmax_t)size / 1024)
				      : -1;
	}
	if (fcntl(fd, F_ADD_SEALS, SEALS) < 0)
		return error_errno(err, "cannot seal the copy of this program");
	return fd_steal(&fd);
}

/* A descriptor of the file in a mount of its own that is read-only; -1 where the kernel does not let us. */
static int mount_alone(int self)
{
	autoclose int fd = open_tree(self, "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH);
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_RDONLY };

	if (fd < 0 || mount_setattr(fd, "", AT_EMPTY_PATH, &attr, sizeof(attr)) < 0)
		return -1;
	return fd_steal(&fd);
}

int executable_protect(char **argv, struct error *err)
{
	autoclose int self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	autoclose int copy = -EBADF;
	char path[PATH_MAX];
	ssize_t len;

	if (self < 0)
		return error_errno(err, "cannot open '/proc/self/exe'");
	if (belongs_to_system(self) || is_protected(self))
		return 0;
	len = readlink("/proc/self/exe", path, sizeof(path) - 1);
	if (len < 0)
		return error_errno(err, "cannot read '/proc/self/exe'");
	path[len] = '\0';
	copy = mount_alone(self);
	if (copy < 0)
		copy = copy_sealed(self, err);
	if (copy < 0)
		return -1;
	/* It finds its helper program by the name it is called by. */
	argv[0] = path;
	execveat(copy, "", argv, environ, AT_EMPTY_PATH);
	return error_errno(err, "cannot execute this program in its protected place");
}

char *executable_libexec(const char *name, struct error *err)
{
	autoclose int self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	const char *called = program_invocation_name;
	const char *slash = strrchr(called, '/');
	autofree char *path = NULL;

	if (self < 0 || !is_protected(self))
		return process_libexec(name, err);
	if (called[0] != '/' || !slash) {
		error_set(err, ERROR_FAILED, "cannot tell where '%s' is installed", name);
		return NULL;
	}
	path = xasprintf("%.*s/../libexec/ctnr/%s", (int)(slash - called), called, name);
	if (access(path, X_OK) == 0)
		return steal(&path);
	error_errno(err, "cannot execute helper program '%s'", path);
	return NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "process/procfs.h"

#include "base/alloc.h"
#include "system/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

static int open_file(const char *path, struct error *err)
{
	autofree char *whole = xasprintf("/proc/%s", path);
	autoclose int fd = open(whole, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
	struct statfs fs;

	if (fd < 0)
		return error_errno(err, "cannot open '%s'", whole);
	if (fstatfs(fd, &fs) < 0 || fs.f_type != PROC_SUPER_MAGIC)
		return error_set(err, ERROR_FAILED, "'%s' is no file of procfs", whole);
	return fd_steal(&fd);
}

int procfs_write(const char *path, const char *text, struct error *err)
{
	autoclose int fd = open_file(path, err);
	size_t len = strlen(text);

	if (fd < 0)
		return -1;
	if (write(fd, text, len) != (ssize_t)len)
		return error_errno(err, "cannot write to '/proc/%s'", path);
	return 0;
}

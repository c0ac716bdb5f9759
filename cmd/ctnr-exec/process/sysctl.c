/* SPDX-License-Identifier: Apache-2.0 */
#include "process/sysctl.h"

#include "base/alloc.h"
#include "base/cleanup.h"
#include "system/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/vfs.h>

static int write_sysctl(int proc, const struct sysctl_config *sysctl, struct error *err)
{
	autofree char *path = xasprintf("sys/%s", sysctl->path);
	autoclose int fd = openat(proc, path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0 || fd_write_all(fd, sysctl->value, strlen(sysctl->value)) < 0)
		return error_errno(err, "cannot set sysctl '%s'", sysctl->name);
	return 0;
}

int sysctls_apply(const struct sysctls_config *sysctls, struct error *err)
{
	autoclose int proc = -EBADF;
	struct statfs fs;

	if (sysctls->len == 0)
		return 0;
	/* Of the host's procfs, but these files show the namespaces of the process that opens them. */
	proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (proc < 0 || fstatfs(proc, &fs) < 0 || fs.f_type != PROC_SUPER_MAGIC)
		return error_set(err, ERROR_FAILED, "'/proc' is no procfs");
	for (size_t i = 0; i < sysctls->len; i++)
		if (write_sysctl(proc, &sysctls->items[i], err) < 0)
			return -1;
	return 0;
}

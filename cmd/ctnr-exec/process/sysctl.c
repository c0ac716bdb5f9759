/* SPDX-License-Identifier: Apache-2.0 */
#include "process/sysctl.h"

#include "base/alloc.h"
#include "base/cleanup.h"
#include "system/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

static const char *own_namespace(enum namespace_type type)
{
	switch (type) {
	case NAMESPACE_UTS:
		return "/proc/self/ns/uts";
	case NAMESPACE_IPC:
		return "/proc/self/ns/ipc";
	case NAMESPACE_NETWORK:
		return "/proc/self/ns/net";
	default:
		return "/proc/self/ns/user";
	}
}

int sysctls_check(const struct sysctls_config *sysctls, const struct namespaces_config *namespaces,
		  struct error *err)
{
	for (size_t i = 0; i < sysctls->len; i++) {
		const struct sysctl_config *sysctl = &sysctls->items[i];
		const char *path = namespaces->paths[sysctl->namespace];
		struct stat given, own;

		if (!path)
			continue;
		if (stat(path, &given) < 0 || stat(own_namespace(sysctl->namespace), &own) < 0)
			return error_errno(err, "cannot look at namespace '%s'", path);
		if (given.st_dev == own.st_dev && given.st_ino == own.st_ino)
			return error_set(
				err, ERROR_FAILED,
				"config.json: linux.sysctl.%s: '%s' is the caller's own namespace",
				sysctl->name, path);
	}
	return 0;
}

/* The files of the UTS namespace are writable for the machine's root alone, and the system calls for the
 * root of the namespace. */
static int write_name(const struct sysctl_config *sysctl, struct error *err)
{
	const char *name = sysctl->value;
	bool is_host = strcmp(sysctl->path, "kernel/hostname") == 0;

	if ((is_host ? sethostname : setdomainname)(name, strlen(name)) < 0)
		return error_errno(err, "cannot set sysctl '%s'", sysctl->name);
	return 0;
}

static int write_sysctl(int proc, const struct sysctl_config *sysctl, struct error *err)
{
	autofree char *path = xasprintf("sys/%s", sysctl->path);
	autoclose int fd = -EBADF;

	if (sysctl->namespace == NAMESPACE_UTS)
		return write_name(sysctl, err);
	fd = openat(proc, path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
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

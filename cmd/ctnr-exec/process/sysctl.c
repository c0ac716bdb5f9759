/* SPDX-License-Identifier: Apache-2.0 */
#include "process/sysctl.h"

#include "process/procfs.h"

#include "base/alloc.h"
#include "base/cleanup.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int sysctls_check(const struct sysctls_config *sysctls, const struct namespaces_config *namespaces,
		  struct error *err)
{
	for (size_t i = 0; i < sysctls->len; i++) {
		const struct sysctl_config *sysctl = &sysctls->items[i];
		const char *path = namespaces->paths[sysctl->namespace];
		autofree char *ours = NULL;
		struct stat given, own;

		if (!path)
			continue;
		ours = xasprintf("/proc/self/ns/%s", runtime_namespaces[sysctl->namespace].file);
		if (stat(path, &given) < 0 || stat(ours, &own) < 0)
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

/* The files show the namespaces of the process that opens them. */
static int write_sysctl(const struct sysctl_config *sysctl, struct error *err)
{
	autofree char *path = xasprintf("sys/%s", sysctl->path);

	if (sysctl->namespace == NAMESPACE_UTS)
		return write_name(sysctl, err);
	if (procfs_write(path, sysctl->value, err) < 0)
		return error_prefix(err, "linux.sysctl.%s", sysctl->name);
	return 0;
}

int sysctls_apply(const struct sysctls_config *sysctls, struct error *err)
{
	for (size_t i = 0; i < sysctls->len; i++)
		if (write_sysctl(&sysctls->items[i], err) < 0)
			return -1;
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "process/sysctl.h"

#include "base/alloc.h"
#include "base/str.h"
#include "system/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/vfs.h>

/* A name that ends with '.' is a prefix. The rest of /proc/sys is the whole machine's. */
static const struct {
	const char *name;
	enum namespace_type namespace;
} namespaced[] = {
	{ "kernel.domainname", NAMESPACE_UTS }, { "kernel.hostname", NAMESPACE_UTS },
	{ "kernel.msgmax", NAMESPACE_IPC },     { "kernel.msgmnb", NAMESPACE_IPC },
	{ "kernel.msgmni", NAMESPACE_IPC },     { "kernel.sem", NAMESPACE_IPC },
	{ "kernel.shmall", NAMESPACE_IPC },     { "kernel.shmmax", NAMESPACE_IPC },
	{ "kernel.shmmni", NAMESPACE_IPC },     { "kernel.shm_rmid_forced", NAMESPACE_IPC },
	{ "fs.mqueue.", NAMESPACE_IPC },        { "net.", NAMESPACE_NETWORK },
};

/* Both "net.ipv4.ip_forward" and "net/ipv4/ip_forward" are in use; with slashes, a dot is part of a
 * name (an interface's). Returns the path below /proc/sys. */
static char *path_of(const char *name)
{
	char *path = xstrdup(name);
	const char *separator = strpbrk(name, "./");

	if (separator && *separator == '.')
		for (char *p = path; *p; p++)
			*p = *p == '.' ? '/' : *p == '/' ? '.' : *p;
	return path;
}

static bool is_allowed(const struct container *c, const char *path)
{
	for (size_t i = 0; i < array_size(namespaced); i++) {
		autofree char *allowed = path_of(namespaced[i].name);
		bool match = str_ends_with(allowed, "/") ? str_starts_with(path, allowed)
							 : strcmp(path, allowed) == 0;

		if (match)
			return c->namespaces.wanted[namespaced[i].namespace];
	}
	return false;
}

static int apply(const struct container *c, int proc, const struct jnode *node, const char *name,
		 struct error *err)
{
	autofree char *path = path_of(name);
	autofree char *full = xasprintf("sys/%s", path);
	autoclose int fd = -EBADF;
	const char *value;

	if (jnode_string(node, &value, err) < 0)
		return -1;
	if (strstr(path, "..") || !is_allowed(c, path))
		return jnode_error(
			node, err,
			"it is not the container's own: no namespace of its own holds it");
	fd = openat(proc, full, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0 || fd_write_all(fd, value, strlen(value)) < 0)
		return error_errno(err, "cannot set sysctl '%s'", name);
	return 0;
}

int sysctls_apply(const struct container *c, struct error *err)
{
	struct jnode root = jnode_root(c->config, "config.json");
	struct jnode section = jnode_member(&root, "linux");
	struct jnode object = jnode_member(&section, "sysctl");
	autoclose int proc = -EBADF;
	struct statfs fs;
	const char *key;
	json_t *value;

	if (jnode_object(&object, err) < 0)
		return -1;
	if (!jnode_is_present(&object) || json_object_size(object.value) == 0)
		return 0;
	/* Of the host's procfs, but these files show the namespaces of whoever opens them. */
	proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (proc < 0 || fstatfs(proc, &fs) < 0 || fs.f_type != PROC_SUPER_MAGIC)
		return error_set(err, ERROR_FAILED, "'/proc' is no procfs");
	json_object_foreach ((json_t *)(uintptr_t)object.value, key, value) {
		struct jnode node = jnode_member(&object, key);

		if (apply(c, proc, &node, key, err) < 0)
			return -1;
	}
	return 0;
}

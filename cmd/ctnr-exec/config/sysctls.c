/* SPDX-License-Identifier: Apache-2.0 */
#include "config/sysctls.h"

#include "base/alloc.h"
#include "base/str.h"

#include <string.h>

/* A name that ends with '.' is a prefix. The rest of /proc/sys is the whole machine's. */
static const struct {
	const char *name;
	enum namespace_type namespace;
} namespaced[] = {
	{ "kernel.domainname", NAMESPACE_UTS },
	{ "kernel.hostname", NAMESPACE_UTS },
	{ "kernel.msgmax", NAMESPACE_IPC },
	{ "kernel.msgmnb", NAMESPACE_IPC },
	{ "kernel.msgmni", NAMESPACE_IPC },
	{ "kernel.sem", NAMESPACE_IPC },
	{ "kernel.shmall", NAMESPACE_IPC },
	{ "kernel.shmmax", NAMESPACE_IPC },
	{ "kernel.shmmni", NAMESPACE_IPC },
	{ "kernel.shm_rmid_forced", NAMESPACE_IPC },
	{ "fs.mqueue.", NAMESPACE_IPC },
	{ "net.", NAMESPACE_NETWORK },
	{ "user.", NAMESPACE_USER },
};

void sysctls_config_release(struct sysctls_config *sysctls)
{
	for (size_t i = 0; i < sysctls->len; i++)
		free(sysctls->items[i].path);
	free(steal(&sysctls->items));
	sysctls->len = 0;
}

/* Both "net.ipv4.ip_forward" and "net/ipv4/ip_forward" are in use; with slashes, a dot is part of a
 * name (an interface's). New string. */
static char *path_of(const char *name)
{
	char *path = xstrdup(name);
	const char *separator = strpbrk(name, "./");

	if (separator && *separator == '.')
		for (char *p = path; *p; p++)
			*p = *p == '.' ? '/' : *p == '/' ? '.' : *p;
	return path;
}

/* Which namespace has a parameter? False: the whole machine. */
static bool find_namespace(const char *path, enum namespace_type *ret)
{
	for (size_t i = 0; i < array_size(namespaced); i++) {
		autofree char *allowed = path_of(namespaced[i].name);
		bool match = str_ends_with(allowed, "/") ? str_starts_with(path, allowed)
							 : strcmp(path, allowed) == 0;

		if (!match)
			continue;
		*ret = namespaced[i].namespace;
		return true;
	}
	return false;
}

/* The property that says the same as a parameter, where it is stated. */
static const char *find_rival(const struct namespaces_config *namespaces, const char *path)
{
	if (namespaces->hostname && strcmp(path, "kernel/hostname") == 0)
		return "hostname";
	if (namespaces->domainname && strcmp(path, "kernel/domainname") == 0)
		return "domainname";
	return NULL;
}

static int read_sysctl(const struct jnode *node, const struct namespaces_config *namespaces,
		       struct sysctl_config *ret, struct error *err)
{
	const char *rival;

	ret->name = node->name;
	ret->path = path_of(node->name);
	rival = find_rival(namespaces, ret->path);
	if (jnode_string(node, &ret->value, err) < 0)
		return -1;
	if (strstr(ret->path, "..") || !find_namespace(ret->path, &ret->namespace))
		return jnode_error(node, err, "it is the whole machine's");
	if (!namespaces->wanted[ret->namespace])
		return jnode_error(node, err, "it needs a namespace of type '%s'",
				   runtime_namespaces[ret->namespace].name);
	if (rival)
		return jnode_error(node, err, "%s is there too, which says the same", rival);
	return 0;
}

int sysctls_config_read(const struct jnode *linux_node, const struct namespaces_config *namespaces,
			struct sysctls_config *ret, struct error *err)
{
	struct jnode object = jnode_member(linux_node, "sysctl");
	const char *key;
	json_t *value;

	if (jnode_object(&object, err) < 0)
		return -1;
	if (!jnode_is_present(&object) || json_object_size(object.value) == 0)
		return 0;
	ret->items = xcalloc(json_object_size(object.value), sizeof(*ret->items));
	json_object_foreach ((json_t *)(uintptr_t)object.value, key, value) {
		struct jnode node = jnode_member(&object, key);

		if (jnode_check_key(&object, key, err) < 0 ||
		    read_sysctl(&node, namespaces, &ret->items[ret->len++], err) < 0)
			return -1;
	}
	return 0;
}

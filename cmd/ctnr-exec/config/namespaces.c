/* SPDX-License-Identifier: Apache-2.0 */
#include "config/namespaces.h"

#include <string.h>

#define UTS_NAME_MAX 64 /* __NEW_UTS_LEN of <linux/utsname.h> */

static int read_namespace(const struct jnode *entry, struct namespaces_config *ret,
			  struct error *err)
{
	struct jnode type_node = jnode_member(entry, "type");
	struct jnode path_node = jnode_member(entry, "path");
	const char *type;
	const char *path = NULL;
	int number;

	if (jnode_string(&type_node, &type, err) < 0 ||
	    jnode_string_opt(&path_node, &path, err) < 0)
		return -1;
	number = runtime_namespace_find(type);
	if (number < 0)
		return jnode_error(&type_node, err, "namespace '%s' is not supported", type);
	if (ret->wanted[number])
		return jnode_error(&type_node, err, "'%s' is listed twice", type);
	if (path && *path && *path != '/')
		return jnode_error(&path_node, err, "'%s' is not absolute", path);
	/* The mounts of the container, and its root, would be those of everybody in it. */
	if (path && *path && number == NAMESPACE_MOUNT)
		return jnode_error(&path_node, err,
				   "a container needs a mount namespace of its own");
	ret->wanted[number] = true;
	ret->paths[number] = path && *path ? path : NULL;
	return 0;
}

static int read_list(const struct jnode *linux_node, struct namespaces_config *ret,
		     struct error *err)
{
	struct jnode list = jnode_member(linux_node, "namespaces");
	size_t len;

	if (jnode_array(&list, &len, err) < 0)
		return -1;
	for (size_t i = 0; i < len; i++) {
		struct jnode entry = jnode_element(&list, i);

		if (read_namespace(&entry, ret, err) < 0)
			return -1;
	}
	if (!ret->wanted[NAMESPACE_MOUNT])
		return jnode_error(&list, err, "a container needs a mount namespace of its own");
	return 0;
}

static int read_maps(const struct jnode *linux_node, struct namespaces_config *ret,
		     struct error *err)
{
	struct jnode uids = jnode_member(linux_node, "uidMappings");
	struct jnode gids = jnode_member(linux_node, "gidMappings");

	if (runtime_read_idmap(&uids, &ret->uids, err) < 0 ||
	    runtime_read_idmap(&gids, &ret->gids, err) < 0)
		return -1;
	if (!ret->wanted[NAMESPACE_USER] && (ret->uids.len || ret->gids.len))
		return jnode_error(ret->uids.len ? &uids : &gids, err,
				   "there is no user namespace that it could be for");
	if (namespaces_config_is_new(ret, NAMESPACE_USER) && (!ret->uids.len || !ret->gids.len))
		return jnode_error(ret->uids.len ? &gids : &uids, err,
				   "missing, the user namespace needs it");
	return 0;
}

static int read_offsets(const struct jnode *linux_node, struct namespaces_config *ret,
			struct error *err)
{
	struct jnode node = jnode_member(linux_node, "timeOffsets");

	if (time_offsets_config_read(&node, &ret->time_offsets, err) < 0)
		return -1;
	if (time_offsets_are_stated(&ret->time_offsets) &&
	    !namespaces_config_is_new(ret, NAMESPACE_TIME))
		return jnode_error(&node, err,
				   "there is no new time namespace that it could be for");
	return 0;
}

/* The host name or the domain name of a UTS namespace; an empty one asks for nothing. */
static int read_name(const struct jnode *root, const char *key, const struct namespaces_config *n,
		     const char **ret, struct error *err)
{
	struct jnode node = jnode_member(root, key);
	const char *name = "";

	if (jnode_string_opt(&node, &name, err) < 0)
		return -1;
	if (!*name)
		return 0;
	if (!n->wanted[NAMESPACE_UTS])
		return jnode_error(&node, err, "there is no UTS namespace that it could be for");
	if (strlen(name) > UTS_NAME_MAX)
		return jnode_error(&node, err, "longer than %d bytes", UTS_NAME_MAX);
	*ret = name;
	return 0;
}

int namespaces_config_read(const struct jnode *root, struct namespaces_config *ret,
			   struct error *err)
{
	struct jnode linux_node = jnode_member(root, "linux");

	if (read_list(&linux_node, ret, err) < 0 || read_maps(&linux_node, ret, err) < 0 ||
	    read_offsets(&linux_node, ret, err) < 0)
		return -1;
	if (read_name(root, "hostname", ret, &ret->hostname, err) < 0)
		return -1;
	return read_name(root, "domainname", ret, &ret->domainname, err);
}

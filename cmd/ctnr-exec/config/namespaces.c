/* SPDX-License-Identifier: Apache-2.0 */
#include "config/namespaces.h"

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
	if (!namespaces_config_is_new(ret, NAMESPACE_MOUNT))
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
	if (namespaces_config_is_new(ret, NAMESPACE_USER) && (!ret->uids.len || !ret->gids.len))
		return jnode_error(linux_node, err,
				   "a user namespace without uidMappings and gidMappings");
	return 0;
}

static int read_names(const struct jnode *root, struct namespaces_config *ret, struct error *err)
{
	struct jnode hostname = jnode_member(root, "hostname");
	struct jnode domainname = jnode_member(root, "domainname");

	if (jnode_string_opt(&hostname, &ret->hostname, err) < 0 ||
	    jnode_string_opt(&domainname, &ret->domainname, err) < 0)
		return -1;
	if ((ret->hostname || ret->domainname) && !ret->wanted[NAMESPACE_UTS])
		return jnode_error(root, err, "hostname or domainname without a UTS namespace");
	return 0;
}

int namespaces_config_read(const struct jnode *root, struct namespaces_config *ret,
			   struct error *err)
{
	struct jnode linux_node = jnode_member(root, "linux");

	if (read_list(&linux_node, ret, err) < 0 || read_maps(&linux_node, ret, err) < 0)
		return -1;
	return read_names(root, ret, err);
}

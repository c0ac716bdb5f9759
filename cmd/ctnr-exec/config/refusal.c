/* SPDX-License-Identifier: Apache-2.0 */
#include "config/refusal.h"

#include "base/cleanup.h"

#include <stdbool.h>
#include <string.h>

static const struct {
	const char *section; /* NULL: the root */
	const char *key;
} unsupported[] = {
	{ NULL, "vm" },
	{ NULL, "windows" },
	{ NULL, "solaris" },
	{ NULL, "zos" },
	{ "linux", "intelRdt" },
	{ "linux", "memoryPolicy" },
	{ "linux", "mountLabel" },
	{ "linux", "netDevices" },
	{ "linux", "personality" },
	{ "linux", "timeOffsets" },
	{ "process", "apparmorProfile" },
	{ "process", "selinuxLabel" },
	{ "process", "execCPUAffinity" },
	{ "process", "ioPriority" },
	{ "process", "scheduler" },
};

static bool is_empty(const json_t *value)
{
	return !value || json_is_null(value) ||
	       (json_is_string(value) && json_string_length(value) == 0) ||
	       (json_is_array(value) && json_array_size(value) == 0) ||
	       (json_is_object(value) && json_object_size(value) == 0);
}

static int check_properties(const struct jnode *root, struct error *err)
{
	for (size_t i = 0; i < array_size(unsupported); i++) {
		struct jnode section =
			unsupported[i].section ? jnode_member(root, unsupported[i].section) : *root;
		struct jnode node = jnode_member(&section, unsupported[i].key);

		if (!is_empty(node.value))
			return jnode_error(&node, err, "this is not supported");
	}
	return 0;
}

static int check_hooks(const struct jnode *root, struct error *err)
{
	struct jnode hooks = jnode_member(root, "hooks");
	const char *key;
	json_t *value;

	if (jnode_object(&hooks, err) < 0)
		return -1;
	if (!jnode_is_present(&hooks))
		return 0;
	json_object_foreach ((json_t *)(uintptr_t)hooks.value, key, value)
		if (!is_empty(value))
			return jnode_error(&hooks, err, "hooks of '%s' are not supported", key);
	return 0;
}

/* A limit that was asked for and cannot be set is an error. Rules for devices are held in another
 * way: config.h, denies_devices. */
static int check_resources(const struct jnode *root, struct error *err)
{
	struct jnode linux_node = jnode_member(root, "linux");
	struct jnode resources = jnode_member(&linux_node, "resources");
	const char *key;
	json_t *value;

	if (jnode_object(&resources, err) < 0)
		return -1;
	if (!jnode_is_present(&resources))
		return 0;
	json_object_foreach ((json_t *)(uintptr_t)resources.value, key, value)
		if (strcmp(key, "devices") != 0 && !is_empty(value))
			return jnode_error(&resources, err, "limits of '%s' cannot be set", key);
	return 0;
}

int refusal_check(const struct jnode *root, struct error *err)
{
	if (check_properties(root, err) < 0 || check_hooks(root, err) < 0)
		return -1;
	return check_resources(root, err);
}

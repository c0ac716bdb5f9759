/* SPDX-License-Identifier: Apache-2.0 */
#include "config/memory_policy.h"

#include "config/flag_list.h"

#include "base/cleanup.h"

#include <linux/mempolicy.h>
#include <string.h>

/* Since Linux 6.9; the headers that this is built with may be older. */
#define MODE_WEIGHTED_INTERLEAVE 6

enum mode_nodes {
	NODES_NONE,
	NODES_ANY,
	NODES_NEEDED,
};

static const struct mode {
	const char *name;
	int number;
	enum mode_nodes nodes;
} modes[] = {
	{ "MPOL_DEFAULT", MPOL_DEFAULT, NODES_NONE },
	{ "MPOL_PREFERRED", MPOL_PREFERRED, NODES_ANY },
	{ "MPOL_BIND", MPOL_BIND, NODES_NEEDED },
	{ "MPOL_INTERLEAVE", MPOL_INTERLEAVE, NODES_NEEDED },
	{ "MPOL_LOCAL", MPOL_LOCAL, NODES_NONE },
	{ "MPOL_PREFERRED_MANY", MPOL_PREFERRED_MANY, NODES_NEEDED },
	{ "MPOL_WEIGHTED_INTERLEAVE", MODE_WEIGHTED_INTERLEAVE, NODES_NEEDED },
};

static const struct flag_name flag_names[] = {
	{ "MPOL_F_NUMA_BALANCING", MPOL_F_NUMA_BALANCING },
	{ "MPOL_F_RELATIVE_NODES", MPOL_F_RELATIVE_NODES },
	{ "MPOL_F_STATIC_NODES", MPOL_F_STATIC_NODES },
};

static const struct mode *find_mode(const char *name)
{
	for (size_t i = 0; i < array_size(modes); i++)
		if (strcmp(name, modes[i].name) == 0)
			return &modes[i];
	return NULL;
}

static int read_nodes(const struct jnode *policy, const struct mode *mode, struct number_list *ret,
		      struct error *err)
{
	struct jnode node = jnode_member(policy, "nodes");

	if (number_list_read(&node, ret, err) < 0)
		return -1;
	if (ret->is_stated && mode->nodes == NODES_NONE)
		return jnode_error(&node, err, "%s has none", mode->name);
	if (!ret->is_stated && mode->nodes == NODES_NEEDED)
		return jnode_error(&node, err, "%s needs at least one", mode->name);
	return 0;
}

int memory_policy_config_read(const struct jnode *linux_node, struct memory_policy_config *ret,
			      struct error *err)
{
	struct jnode policy = jnode_member(linux_node, "memoryPolicy");
	struct jnode mode_node = jnode_member(&policy, "mode");
	struct jnode flag_list = jnode_member(&policy, "flags");
	const struct mode *mode;
	const char *name;
	uint64_t flags;

	if (jnode_object(&policy, err) < 0)
		return -1;
	if (!jnode_is_present(&policy) || json_object_size(policy.value) == 0)
		return 0;
	if (jnode_string(&mode_node, &name, err) < 0)
		return -1;
	mode = find_mode(name);
	if (!mode)
		return jnode_error(&mode_node, err, "unknown mode '%s'", name);
	ret->is_asked = true;
	ret->name = mode->name;
	if (flag_list_read(&flag_list, flag_names, array_size(flag_names), &flags, err) < 0)
		return -1;
	ret->mode = mode->number | (int)flags;
	return read_nodes(&policy, mode, &ret->nodes, err);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "process/memory_policy.h"

#include <sys/syscall.h>
#include <unistd.h>

int memory_policy_apply(const struct memory_policy_config *policy, struct error *err)
{
	/* The kernel takes one bit less than it is told of. */
	bool has_nodes = policy->nodes.is_stated;
	unsigned long bits = has_nodes ? NUMBER_LIST_MAX + 1 : 0;
	const unsigned long *nodes = has_nodes ? policy->nodes.bits : NULL;

	if (!policy->is_asked || syscall(SYS_set_mempolicy, policy->mode, nodes, bits) == 0)
		return 0;
	return error_errno(err, "cannot set linux.memoryPolicy to '%s'", policy->name);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "config/cpu_affinity.h"

int cpu_affinity_config_read(const struct jnode *process, struct cpu_affinity_config *ret,
			     struct error *err)
{
	struct jnode object = jnode_member(process, "execCPUAffinity");
	struct jnode initial = jnode_member(&object, "initial");
	struct jnode final = jnode_member(&object, "final");

	if (jnode_object(&object, err) < 0 || number_list_read(&initial, &ret->initial, err) < 0)
		return -1;
	return number_list_read(&final, &ret->final, err);
}

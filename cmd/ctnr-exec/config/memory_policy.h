/* SPDX-License-Identifier: Apache-2.0 */
/*
 * linux.memoryPolicy (runtime-spec config-linux.md, "Memory policy"): from which NUMA nodes the memory of
 * the container's processes comes.
 */
#ifndef CTNR_EXEC_CONFIG_MEMORY_POLICY_H
#define CTNR_EXEC_CONFIG_MEMORY_POLICY_H

#include "config/number_list.h"

struct memory_policy_config {
	bool is_asked;
	const char *name; /* "MPOL_BIND"; static */
	int mode; /* MPOL_* with MPOL_F_*, as set_mempolicy(2) takes it */
	struct number_list nodes;
};

/* Read it from the "linux" node; an absent or empty object asks for nothing. */
int memory_policy_config_read(const struct jnode *linux_node, struct memory_policy_config *ret,
			      struct error *err);

#endif

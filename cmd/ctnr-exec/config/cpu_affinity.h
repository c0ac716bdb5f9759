/* SPDX-License-Identifier: Apache-2.0 */
/*
 * process.execCPUAffinity (runtime-spec config.md, "Linux Process"): on which CPUs a further process of
 * a container runs. The specification has it do nothing to the container's first process.
 */
#ifndef CTNR_EXEC_CONFIG_CPU_AFFINITY_H
#define CTNR_EXEC_CONFIG_CPU_AFFINITY_H

#include "config/number_list.h"

struct cpu_affinity_config {
	struct number_list initial; /* until the process is in the container's control group */
	struct number_list final; /* from then on */
};

/* Read it from the "process" node (absent: both are empty, and nothing is asked for). */
int cpu_affinity_config_read(const struct jnode *process, struct cpu_affinity_config *ret,
			     struct error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Setting process.execCPUAffinity, which is of further processes of a container. */
#ifndef CTNR_EXEC_PROCESS_CPU_AFFINITY_H
#define CTNR_EXEC_PROCESS_CPU_AFFINITY_H

#include "config/cpu_affinity.h"

#include "base/error.h"

/* Set "initial" for this process, before it enters the container's control group; or do nothing where
 * nothing is asked for. */
int cpu_affinity_apply_initial(const struct cpu_affinity_config *affinity, struct error *err);

/* Set "final" for this process, in the container's control group; or, where "initial" was set and no
 * "final" is asked for, what that group allows. */
int cpu_affinity_apply_final(const struct cpu_affinity_config *affinity, struct error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#include "process/cpu_affinity.h"

#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* property is the member's name, for the message. */
static int set_affinity(const struct number_list *cpus, const char *property, struct error *err)
{
	if (syscall(SYS_sched_setaffinity, 0, sizeof(cpus->bits), cpus->bits) == 0)
		return 0;
	return error_errno(err, "cannot set process.execCPUAffinity.%s", property);
}

int cpu_affinity_apply_initial(const struct cpu_affinity_config *affinity, struct error *err)
{
	return affinity->initial.is_stated ? set_affinity(&affinity->initial, "initial", err) : 0;
}

int cpu_affinity_apply_final(const struct cpu_affinity_config *affinity, struct error *err)
{
	struct number_list all;

	if (affinity->final.is_stated)
		return set_affinity(&affinity->final, "final", err);
	if (!affinity->initial.is_stated)
		return 0;
	/* The kernel takes away what the control group does not allow. */
	memset(all.bits, 0xff, sizeof(all.bits));
	return set_affinity(&all, "initial", err);
}

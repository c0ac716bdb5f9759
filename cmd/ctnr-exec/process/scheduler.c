/* SPDX-License-Identifier: Apache-2.0 */
#include "process/scheduler.h"

#include <errno.h>
#include <linux/ioprio.h>
#include <linux/sched/types.h>
#include <sys/syscall.h>
#include <unistd.h>

int scheduler_apply(const struct scheduler_config *scheduler, struct error *err)
{
	struct sched_attr attr = {
		.size = sizeof(attr),
		.sched_policy = scheduler->policy,
		.sched_flags = scheduler->flags,
		.sched_nice = scheduler->nice,
		.sched_priority = scheduler->priority,
		.sched_runtime = scheduler->runtime,
		.sched_deadline = scheduler->deadline,
		.sched_period = scheduler->period,
	};

	if (!scheduler->is_asked || syscall(SYS_sched_setattr, 0, &attr, 0) == 0)
		return 0;
	error_errno(err, "cannot set process.scheduler to '%s'", scheduler->name);
	return error_errno_is(err, EPERM)
		       ? error_hint(err, "this needs CAP_SYS_NICE outside of every user namespace, "
					 "or RLIMIT_NICE or RLIMIT_RTPRIO")
		       : -1;
}

int io_priority_apply(const struct io_priority_config *priority, struct error *err)
{
	int value = IOPRIO_PRIO_VALUE(priority->class, priority->priority);

	if (!priority->is_asked || syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, value) == 0)
		return 0;
	error_errno(err, "cannot set process.ioPriority to '%s'", priority->name);
	return error_errno_is(err, EPERM)
		       ? error_hint(err, "this needs CAP_SYS_NICE outside of every user namespace")
		       : -1;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Setting process.scheduler and process.ioPriority. */
#ifndef CTNR_EXEC_PROCESS_SCHEDULER_H
#define CTNR_EXEC_PROCESS_SCHEDULER_H

#include "config/scheduler.h"

#include "base/error.h"

/* Set them for this process, or do nothing where nothing is asked for. With SCHED_DEADLINE this process
 * can have no child any more, unless SCHED_FLAG_RESET_ON_FORK is set too. */
int scheduler_apply(const struct scheduler_config *scheduler, struct error *err);
int io_priority_apply(const struct io_priority_config *priority, struct error *err);

#endif

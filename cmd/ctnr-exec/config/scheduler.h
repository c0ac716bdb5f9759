/* SPDX-License-Identifier: Apache-2.0 */
/* process.scheduler and process.ioPriority (runtime-spec config.md, "Linux Process"). */
#ifndef CTNR_EXEC_CONFIG_SCHEDULER_H
#define CTNR_EXEC_CONFIG_SCHEDULER_H

#include "base/error.h"
#include "format/json.h"

#include <stdbool.h>
#include <stdint.h>

/* As sched_setattr(2) takes them; what is not stated is 0. */
struct scheduler_config {
	bool is_asked;
	const char *name; /* "SCHED_FIFO"; static */
	uint32_t policy; /* SCHED_* */
	uint64_t flags; /* SCHED_FLAG_* */
	int32_t nice; /* -20 to 19 */
	uint32_t priority; /* 1 to 99 of SCHED_FIFO and SCHED_RR */
	uint64_t runtime; /* nanoseconds, as the next two: of SCHED_DEADLINE */
	uint64_t deadline;
	uint64_t period;
};

/* As ioprio_set(2) takes them. */
struct io_priority_config {
	bool is_asked;
	const char *name; /* "IOPRIO_CLASS_BE"; static */
	int class;
	int priority; /* 0, the highest, to 7 */
};

/* Read them from the "process" node; absent and empty objects ask for nothing. A value that the
 * kernel would ignore, because it belongs to another policy, is an error. */
int scheduler_config_read(const struct jnode *process, struct scheduler_config *ret,
			  struct error *err);
int io_priority_config_read(const struct jnode *process, struct io_priority_config *ret,
			    struct error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Setting process.oomScoreAdj (proc(5), /proc/PID/oom_score_adj).
 *
 * Everybody may raise the score of a process. To lower it below what a privileged process last set takes
 * CAP_SYS_RESOURCE in the first user namespace, which root in a container has not; and no process has it
 * any more that has entered another user namespace.
 */
#ifndef CTNR_EXEC_PROCESS_OOM_SCORE_H
#define CTNR_EXEC_PROCESS_OOM_SCORE_H

#include "config/process.h"

#include "base/error.h"

#include <sys/types.h>

/* In the caller's process, before one of the container exists: where a score is asked for that we may not
 * set, print a warning, and ask for none. */
int oom_score_prepare(struct process_config *process, struct error *err);

/* Set that of a process (0: our own), or do nothing where none is asked for. Needs the host's /proc. */
int oom_score_apply(const struct process_config *process, pid_t pid, struct error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* process (runtime-spec config.md, "Process"): from init to the payload. */
#ifndef CTNR_EXEC_PROCESS_PROCESS_H
#define CTNR_EXEC_PROCESS_PROCESS_H

#include "container.h"

/* process.oomScoreAdj, while the host's /proc is there. */
int process_set_oom_score(const struct process_config *process, struct error *err);

/* Inside the root: working directory, limits, user, capabilities, filter; then execute
 * process.args. Returns only on failure: ERROR_NO_COMMAND, ERROR_NOT_EXECUTABLE or another. */
int process_execute(const struct container *c, struct error *err);

#endif

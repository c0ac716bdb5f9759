/* SPDX-License-Identifier: Apache-2.0 */
/* The verb exec: a further process in a container that was created or runs. */
#ifndef CTNR_EXEC_VERBS_EXEC_H
#define CTNR_EXEC_VERBS_EXEC_H

#include "verbs/global.h"
#include "verbs/handover.h"
#include "verbs/process_options.h"

#include "base/error.h"
#include "base/str.h"

#include <stdbool.h>

struct exec_opts {
	struct global_opts global;
	struct process_options process;
	bool detach;
	struct handover_opts handover;
};

extern const struct option exec_options[];

/* A struct command's run: returns the process's exit status, or -1. */
int exec_in_container(const void *opts, const struct strlist *operands, struct error *err);

#endif

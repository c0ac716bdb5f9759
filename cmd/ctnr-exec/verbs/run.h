/* SPDX-License-Identifier: Apache-2.0 */
/* The verb run: a container from start to end. */
#ifndef CTNR_EXEC_VERBS_RUN_H
#define CTNR_EXEC_VERBS_RUN_H

#include "verbs/claim.h"

#include "base/error.h"
#include "base/str.h"

#include <stdbool.h>

struct run_opts {
	struct claim_opts claim;
	bool remove;
	bool detach;
	bool keep;
	bool no_subreaper;
};

extern const struct option run_options[];

/* A struct command's run: returns the container's exit status, or -1. */
int run_container(const void *opts, const struct strlist *operands, struct error *err);

#endif

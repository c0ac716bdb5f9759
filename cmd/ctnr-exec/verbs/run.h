/* SPDX-License-Identifier: Apache-2.0 */
/* The verb run: a container from start to end. */
#ifndef CTNR_EXEC_VERBS_RUN_H
#define CTNR_EXEC_VERBS_RUN_H

#include "base/error.h"
#include "base/str.h"

#include <stdbool.h>

struct run_opts {
	const char *bundle;
	const char *pid_file;
	const char *store;
	const char *run_dir;
	bool remove;
};

/* Returns the container's exit status, or -1. */
int run_container(const void *opts, const struct strlist *operands, struct error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The verb start: let the first process of a created container execute its command. */
#ifndef CTNR_EXEC_VERBS_START_H
#define CTNR_EXEC_VERBS_START_H

#include "verbs/global.h"

#include "base/error.h"
#include "base/str.h"

struct start_opts {
	struct global_opts global;
};

extern const struct option start_options[];

/* A struct command's run. */
int start_container(const void *opts, const struct strlist *operands, struct error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The verb ps: the processes of a container. */
#ifndef CTNR_EXEC_VERBS_PS_H
#define CTNR_EXEC_VERBS_PS_H

#include "verbs/global.h"

#include "base/error.h"
#include "base/str.h"

struct ps_opts {
	struct global_opts global;
	int format; /* index into global_formats */
};

extern const struct option ps_options[];

/* A struct command's run: an array of pids, or those lines of ps(1) that are the container's, with the
 * options for ps that follow the ID (-ef where there are none). */
int ps_print(const void *opts, const struct strlist *operands, struct error *err);

#endif

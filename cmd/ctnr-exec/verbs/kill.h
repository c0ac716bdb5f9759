/* SPDX-License-Identifier: Apache-2.0 */
/* The verb kill: a signal to a container. */
#ifndef CTNR_EXEC_VERBS_KILL_H
#define CTNR_EXEC_VERBS_KILL_H

#include "verbs/global.h"

#include "base/error.h"
#include "base/str.h"

#include <stdbool.h>

struct kill_opts {
	struct global_opts global;
	bool all;
	bool regex;
};

extern const struct option kill_options[];

/* A struct command's run: ID [SIGNAL], TERM where none is given. */
int kill_container(const void *opts, const struct strlist *operands, struct error *err);

#endif

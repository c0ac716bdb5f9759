/* SPDX-License-Identifier: Apache-2.0 */
/* The verbs that tell: state of one container, list of all, ps of the processes in one. */
#ifndef CTNR_EXEC_VERBS_STATE_H
#define CTNR_EXEC_VERBS_STATE_H

#include "verbs/global.h"

#include "base/error.h"
#include "base/str.h"

struct state_opts {
	struct global_opts global;
};

extern const struct option state_options[];

/* A struct command's run: one line of JSON (store/state_document.h). */
int state_print(const void *opts, const struct strlist *operands, struct error *err);

#endif

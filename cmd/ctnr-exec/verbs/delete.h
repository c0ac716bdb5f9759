/* SPDX-License-Identifier: Apache-2.0 */
/* The verb delete: what is left of a container that has ended. */
#ifndef CTNR_EXEC_VERBS_DELETE_H
#define CTNR_EXEC_VERBS_DELETE_H

#include "verbs/global.h"

#include "base/error.h"
#include "base/str.h"

#include <stdbool.h>

struct delete_opts {
	struct global_opts global;
	bool force;
	bool regex;
};

extern const struct option delete_options[];

/* A struct command's run. With force a container that is there is killed first, and one that is not is no
 * error. */
int delete_container(const void *opts, const struct strlist *operands, struct error *err);

#endif

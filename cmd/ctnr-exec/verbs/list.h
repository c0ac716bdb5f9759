/* SPDX-License-Identifier: Apache-2.0 */
/* The verb list: the containers of a directory of states. */
#ifndef CTNR_EXEC_VERBS_LIST_H
#define CTNR_EXEC_VERBS_LIST_H

#include "verbs/global.h"

#include "base/error.h"
#include "base/str.h"

#include <stdbool.h>

struct list_opts {
	struct global_opts global;
	int format; /* index into format_names of verbs/format.h */
	bool quiet;
};

extern const struct option list_options[];

/* A struct command's run: a table, the IDs alone, or one JSON array of states. */
int list_containers(const void *opts, const struct strlist *operands, struct error *err);

#endif

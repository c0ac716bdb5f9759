/* SPDX-License-Identifier: Apache-2.0 */
/* Options of every verb, which may also stand before the verb. */
#ifndef CTNR_EXEC_VERBS_GLOBAL_H
#define CTNR_EXEC_VERBS_GLOBAL_H

#include "base/option.h"

struct global_opts {
	const char *store; /* NULL: see store_path() */
	const char *run_dir; /* NULL: see run_dir_open() */
};

/* Rows for a struct global_opts; a verb's table includes them. */
extern const struct option global_options[];

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Which containers a command line means. */
#ifndef CTNR_EXEC_VERBS_SELECT_H
#define CTNR_EXEC_VERBS_SELECT_H

#include "verbs/global.h"

#include "base/error.h"
#include "base/str.h"
#include "store/state.h"

#include <stdbool.h>

/* The one operand, an ID; NULL with ERROR_USAGE when there is none or more than one. Borrowed. */
const char *select_operand(const struct strlist *operands, struct error *err);

/* Call each for the container with that ID or, where is_regex, for every one whose ID the extended
 * regular expression matches (regex(7)); no match is no error. Each is called although another one failed:
 * the first error is returned, others are printed. */
int select_containers(const struct state_root *states, const char *word, bool is_regex,
		      int (*each)(const char *id, void *data, struct error *err), void *data,
		      struct error *err);

#endif

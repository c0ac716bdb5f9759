/* SPDX-License-Identifier: Apache-2.0 */
/* process.rlimits. */
#ifndef CTNR_EXEC_PROCESS_RLIMIT_H
#define CTNR_EXEC_PROCESS_RLIMIT_H

#include "base/error.h"
#include "format/json.h"

/* Set them in this process; one that cannot be set is an error that says what would be allowed. */
int rlimits_apply(const struct jnode *process, struct error *err);

#endif

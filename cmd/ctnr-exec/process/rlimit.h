/* SPDX-License-Identifier: Apache-2.0 */
/* Setting process.rlimits. */
#ifndef CTNR_EXEC_PROCESS_RLIMIT_H
#define CTNR_EXEC_PROCESS_RLIMIT_H

#include "config/rlimits.h"

#include "base/error.h"

/* Set them in this process; one that cannot be set is an error that says what would be allowed. */
int rlimits_apply(const struct rlimits_config *rlimits, struct error *err);

#endif

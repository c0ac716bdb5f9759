/* SPDX-License-Identifier: Apache-2.0 */
/* Setting linux.memoryPolicy. */
#ifndef CTNR_EXEC_PROCESS_MEMORY_POLICY_H
#define CTNR_EXEC_PROCESS_MEMORY_POLICY_H

#include "config/memory_policy.h"

#include "base/error.h"

/* Set it for this process and what it executes, or do nothing where nothing is asked for. */
int memory_policy_apply(const struct memory_policy_config *policy, struct error *err);

#endif

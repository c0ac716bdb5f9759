/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Setting process.rlimits.
 *
 * To raise a hard limit takes CAP_SYS_RESOURCE in the first user namespace, which no process has any more
 * that has entered another one. The caller of a container therefore raises its own hard limits, which the
 * processes of the container inherit, and these only lower theirs.
 */
#ifndef CTNR_EXEC_PROCESS_RLIMIT_H
#define CTNR_EXEC_PROCESS_RLIMIT_H

#include "config/rlimits.h"

#include "base/error.h"

/* In the caller's process, before one of the container exists: raise our hard limits as far as rlimits
 * need it. One that we may not raise is a warning, and becomes ours in rlimits: the container gets less
 * than was asked for, never more. */
int rlimits_prepare(struct rlimits_config *rlimits, struct error *err);

/* Set them in this process. */
int rlimits_apply(const struct rlimits_config *rlimits, struct error *err);

#endif

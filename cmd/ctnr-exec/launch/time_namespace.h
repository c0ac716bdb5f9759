/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A new time namespace (time_namespaces(7)).
 *
 * Its offsets can be set only until a process is in it, and clone(2) with CLONE_NEWTIME would put the new
 * process into it at once. The keeper therefore makes it by unshare(2), which leaves the keeper where it is
 * and is for its children.
 */
#ifndef CTNR_EXEC_LAUNCH_TIME_NAMESPACE_H
#define CTNR_EXEC_LAUNCH_TIME_NAMESPACE_H

#include "config/namespaces.h"

#include "base/error.h"

/* Where a new one is asked for: make it for the next process that this one clones, and set its offsets
 * through the host's /proc. This process may be dumpable afterwards. */
int time_namespace_make(const struct namespaces_config *config, struct error *err);

#endif

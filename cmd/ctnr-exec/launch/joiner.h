/* SPDX-License-Identifier: Apache-2.0 */
/* The process that joins a container, and clones the payload in it (launch/joined.h). */
#ifndef CTNR_EXEC_LAUNCH_JOINER_H
#define CTNR_EXEC_LAUNCH_JOINER_H

#include "launch/joined.h"

/* In the caller: start the joiner. Returns its pid; the container's side of streams and socket is closed
 * here. The joiner leaves the payload's pid in launch->page->init_pid before the payload runs, its own error in
 * keeper_error, that of the payload in init_error. */
pid_t joiner_start(struct launch *launch, const struct joined *joined, struct error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* process.terminal, the container's side: a pty of its own devpts, never the caller's terminal. */
#ifndef CTNR_EXEC_PROCESS_TERMINAL_H
#define CTNR_EXEC_PROCESS_TERMINAL_H

#include "rootfs/rootfs.h"

/* In init, after the mounts: open a pty, bind it to /dev/console, send its master to the caller.
 * Returns the slave. */
int terminal_open(const struct container *c, const struct rootfs *r, struct error *err);

/* Make it the controlling terminal of this session, and stdin, stdout and stderr. */
int terminal_take(int slave, struct error *err);

#endif

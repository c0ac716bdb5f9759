/* SPDX-License-Identifier: Apache-2.0 */
/* process.terminal, the container's side: a pty of its own devpts, never the caller's terminal. */
#ifndef CTNR_EXEC_PROCESS_TERMINAL_H
#define CTNR_EXEC_PROCESS_TERMINAL_H

#include "rootfs/rootfs.h"

#include <sys/ioctl.h>
#include <sys/types.h>

/* In init, after the mounts: open a pty of that size (no rows: unknown) for that user, and bind it
 * to /dev/console. Returns the slave. */
int terminal_open(struct rootfs *r, const struct winsize *window, uid_t owner, int *ret_master,
		  struct error *err);

/* Make it the controlling terminal of this session, and stdin, stdout and stderr. */
int terminal_take(int slave, struct error *err);

#endif

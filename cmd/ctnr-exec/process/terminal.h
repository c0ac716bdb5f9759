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

/* In a further process, whose container runs and may have filled the root as it likes: open a pty of the
 * devpts that is mounted at /dev/pts beneath root. Returns the slave. */
int terminal_open_at(int root, const struct winsize *window, int *ret_master, struct error *err);

/* The user of the process owns the terminal. */
int terminal_give(int slave, uid_t owner, struct error *err);

/* Make it the controlling terminal of this session, and stdin, stdout and stderr. */
int terminal_take(int slave, struct error *err);

#endif

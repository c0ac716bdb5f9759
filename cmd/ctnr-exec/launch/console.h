/* SPDX-License-Identifier: Apache-2.0 */
/* --console-socket: where the master of a terminal is sent, for whoever called. */
#ifndef CTNR_EXEC_LAUNCH_CONSOLE_H
#define CTNR_EXEC_LAUNCH_CONSOLE_H

#include "base/error.h"

#include <stdbool.h>

/* Connect to the socket at path (NULL: none was given) for a process that outlives its caller and has a
 * terminal or not: one needs the other. *ret is the connected socket, or stays as it is without one. */
int console_connect(const char *path, bool has_terminal, int *ret, struct error *err);

/* Wait for the master, which a process of ours sends over the socket "from" once it has made the terminal, and
 * send it to console. Returns 1, 0 where that process has ended without, or -1. */
int console_pass(int console, int from, struct error *err);

#endif

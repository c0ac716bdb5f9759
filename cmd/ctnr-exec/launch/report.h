/* SPDX-License-Identifier: Apache-2.0 */
/* --pid-file and --pidfd-socket: which process it is, for whoever called. */
#ifndef CTNR_EXEC_LAUNCH_REPORT_H
#define CTNR_EXEC_LAUNCH_REPORT_H

#include "container.h"

#include "base/error.h"

#include <sys/types.h>

/* Write the pid in decimal digits, and nothing behind them, into c->pid_file, which appears whole: it takes
 * the place of a regular file of that name, and of nothing else. Send a pidfd to c->pidfd_socket. Each where it
 * is asked for. */
int report_process(const struct container *c, pid_t pid, struct error *err);

#endif

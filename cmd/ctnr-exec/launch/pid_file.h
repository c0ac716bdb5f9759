/* SPDX-License-Identifier: Apache-2.0 */
/* --pid-file: the pid of a container's process, for whoever called. */
#ifndef CTNR_EXEC_LAUNCH_PID_FILE_H
#define CTNR_EXEC_LAUNCH_PID_FILE_H

#include "base/error.h"

#include <sys/types.h>

/* Write the pid in decimal digits, and nothing behind them, into the file at path (absolute), which
 * appears whole. It takes the place of a regular file of that name, and of nothing else. */
int pid_file_write(const char *path, pid_t pid, struct error *err);

#endif

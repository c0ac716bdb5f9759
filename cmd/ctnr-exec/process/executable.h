/* SPDX-License-Identifier: Apache-2.0 */
/* Our own executable, kept out of a container's reach (CVE-2019-5736). */
#ifndef CTNR_EXEC_PROCESS_EXECUTABLE_H
#define CTNR_EXEC_PROCESS_EXECUTABLE_H

#include "base/error.h"

/* Make sure that a process inside a container which opens our /proc/PID/exe cannot write to a file
 * of the host: return 0 at once when that is so, else execute this program once more where it is. To be called
 * before any argument is read or anything opened. */
int executable_protect(char **argv, struct error *err);

/* The path of a helper program of ours, also from the place that executable_protect() executes. New string. */
char *executable_libexec(const char *name, struct error *err);

#endif

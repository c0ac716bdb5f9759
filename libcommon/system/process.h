/* SPDX-License-Identifier: Apache-2.0 */
/* Child processes: other programs, started without a shell, and work of our own apart from us. */
#ifndef SYSTEM_PROCESS_H
#define SYSTEM_PROCESS_H

#include "base/error.h"

#include <sys/types.h>

/* Start argv[0] (an absolute path) with our environment. stdio[i] becomes fd i; -1 keeps ours.
 * Returns the pid, -1 on failure (ERROR_NOT_FOUND when the program does not exist). */
pid_t process_spawn(char *const *argv, const int stdio[3], struct error *err);

/* Wait for a child. Returns its exit status, or 128 + N when signal N ended it. */
int process_wait(pid_t pid, struct error *err);

/* Call work(data) in a child of this process, which ends with it: what it enters, mounts or changes
 * in memory is gone afterwards. Its result and error come back. Only while single-threaded. */
int process_call(int (*work)(void *data, struct error *err), void *data, struct error *err);

/* The path of one of our helper programs, new: ../libexec/ctnr/NAME beside the directory of the
 * running executable (/proc/self/exe), or beside the executable itself. */
char *process_libexec(const char *name, struct error *err);

/* The full path of a program found in PATH, new; NULL when there is none. */
char *process_find(const char *name);

#endif

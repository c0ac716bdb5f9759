/* SPDX-License-Identifier: Apache-2.0 */
/* The proof that two filter programs answer every system call alike. */
#ifndef CTNR_EXEC_WORKERS_PROFILE_EQUALITY_H
#define CTNR_EXEC_WORKERS_PROFILE_EQUALITY_H

#include "workers/profile/program.h"

#include <stdbool.h>

/* Do both programs give the same answer for every content of struct seccomp_data: every architecture,
 * number, instruction pointer and argument? False also when that could not be proven: a program has
 * another form than program.h tells, or the proof takes too long. */
bool equality_is_proven(const struct program *one, const struct program *other);

#endif

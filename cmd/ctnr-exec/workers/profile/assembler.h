/* SPDX-License-Identifier: Apache-2.0 */
/* A decision diagram written as a program. */
#ifndef CTNR_EXEC_WORKERS_PROFILE_ASSEMBLER_H
#define CTNR_EXEC_WORKERS_PROFILE_ASSEMBLER_H

#include "workers/profile/diagram.h"
#include "workers/profile/program.h"

/* Write the program that decides what the diagram decides from root on. Returns its instructions, new
 * and *ret_len of them; NULL when there would be more than the kernel takes (BPF_MAXINSNS). */
struct sock_filter *assembler_write(const struct diagram *diagram, unsigned root, size_t *ret_len);

#endif

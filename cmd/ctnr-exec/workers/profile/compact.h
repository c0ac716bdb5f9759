/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A filter program made shorter. Loading a filter costs the kernel 0.3 us for each instruction, because it
 * checks, translates and compiles it; libseccomp writes a test for each system call, and a profile
 * decides alike for long ranges of their numbers.
 *
 * libseccomp alone says what a profile means. Its program is read as a decision diagram (reader.h), which
 * is written as a program again (assembler.h), and that program is taken only when it is proven
 * to give the same answer to everything (equality.h). Otherwise libseccomp's program stays. So a fault in
 * reading or writing costs time, and never lets anything through.
 */
#ifndef CTNR_EXEC_WORKERS_PROFILE_COMPACT_H
#define CTNR_EXEC_WORKERS_PROFILE_COMPACT_H

#include "workers/profile/program.h"

/* A shorter program that decides the same. Returns its instructions, new and *ret_len of them; NULL when
 * there is none, or none that is proven equal. */
struct sock_filter *compact_program(const struct program *program, size_t *ret_len);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* A filter program read as a decision diagram: architecture, then number, then arguments. */
#ifndef CTNR_EXEC_WORKERS_PROFILE_READER_H
#define CTNR_EXEC_WORKERS_PROFILE_READER_H

#include "workers/profile/diagram.h"
#include "workers/profile/program.h"

/* Add what a program decides to a diagram; *ret_root is the node where it begins. False when the program
 * has a form that is not read here (program.h tells the forms; besides, numbers and architectures must
 * be compared whole, before any argument is), or when reading it takes too long. */
bool reader_read(const struct program *program, struct diagram *diagram, unsigned *ret_root);

#endif

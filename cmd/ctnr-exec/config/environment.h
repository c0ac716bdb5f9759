/* SPDX-License-Identifier: Apache-2.0 */
/*
 * process.env (runtime-spec config.md, "Process"): the variables of a process's environment.
 *
 * Each variable is there once. Of several entries with one name the last gives the value, and the first
 * the place, as in runc and crun: engines append to what an image sets (Slurm), and a program that finds
 * a name twice may take either.
 */
#ifndef CTNR_EXEC_CONFIG_ENVIRONMENT_H
#define CTNR_EXEC_CONFIG_ENVIRONMENT_H

#include "base/error.h"
#include "base/str.h"
#include "format/json.h"

/* Append the entries of an array (absent: none) to an empty list. One that is not NAME=VALUE is an
 * error. */
int environment_read(const struct jnode *array, struct strlist *ret, struct error *err);

#endif

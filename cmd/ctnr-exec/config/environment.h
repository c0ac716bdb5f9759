/* SPDX-License-Identifier: Apache-2.0 */
/* env of a program to execute (runtime-spec config.md): process.env, and that of hooks. */
#ifndef CTNR_EXEC_CONFIG_ENVIRONMENT_H
#define CTNR_EXEC_CONFIG_ENVIRONMENT_H

#include "base/error.h"
#include "base/str.h"
#include "format/json.h"

/* Append the entries of an array (absent: none) to ret: each is NAME=VALUE. */
int environment_read(const struct jnode *list, struct strlist *ret, struct error *err);

#endif

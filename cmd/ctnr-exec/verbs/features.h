/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The verb features: the features document (runtime-spec features.md, features-linux.md), out of the tables
 * that the other rooms work with. What this kernel or this user cannot do is left out.
 */
#ifndef CTNR_EXEC_VERBS_FEATURES_H
#define CTNR_EXEC_VERBS_FEATURES_H

#include "verbs/global.h"

#include "base/error.h"
#include "base/str.h"

/* A struct command's run. Its opts are a struct global_opts. */
int print_features(const void *opts, const struct strlist *operands, struct error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The verb create: a container up to the point where its first process waits for start. */
#ifndef CTNR_EXEC_VERBS_CREATE_H
#define CTNR_EXEC_VERBS_CREATE_H

#include "verbs/claim.h"

#include "base/error.h"
#include "base/str.h"

struct create_opts {
	struct claim_opts claim;
};

extern const struct option create_options[];

/* A struct command's run. */
int create_container(const void *opts, const struct strlist *operands, struct error *err);

#endif

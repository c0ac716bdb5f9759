/* SPDX-License-Identifier: Apache-2.0 */
/* What the runtime specification has and this runtime has not: refused by name, never ignored. */
#ifndef CTNR_EXEC_CONFIG_REFUSAL_H
#define CTNR_EXEC_CONFIG_REFUSAL_H

#include "base/error.h"
#include "format/json.h"

/* Fail when the root node asks for anything of it. An empty value asks for nothing. */
int refusal_check(const struct jnode *root, struct error *err);

#endif

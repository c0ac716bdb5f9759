/* SPDX-License-Identifier: Apache-2.0 */
/* The operands of a verb that takes several. */
#ifndef CTNR_STORE_OPERAND_H
#define CTNR_STORE_OPERAND_H

#include "base/error.h"
#include "base/str.h"

/* Act on one operand after the other: a failure is reported, the others are still done, and the
 * code of the first failure is returned; 0 when there was none. The failure of a single operand is
 * left in err, with -1. */
int operand_each(const struct strlist *operands,
		 int (*act)(const char *word, void *data, struct error *err), void *data,
		 struct error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The tools that check runs for a repair. */
#ifndef CTNR_STORE_CHECK_PROGRAM_H
#define CTNR_STORE_CHECK_PROGRAM_H

#include "base/error.h"

/* Run one of our tools by its name, which words begin with; they end with NULL. Its records go nowhere, its
 * messages are for people. Returns its status; -1 when it could not be run. */
int program_run(const char *const *words, struct error *err);

#endif

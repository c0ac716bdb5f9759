/* SPDX-License-Identifier: Apache-2.0 */
/* Files that options name, "-" for standard input. */
#ifndef CTNR_SPEC_INPUT_H
#define CTNR_SPEC_INPUT_H

#include "base/error.h"

/* Open path for reading; "-" gives a descriptor of standard input's own. The caller closes it. */
int input_open(const char *path, struct error *err);

#endif

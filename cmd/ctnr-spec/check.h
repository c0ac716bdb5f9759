/* SPDX-License-Identifier: Apache-2.0 */
/*
 * --check: can the options be right? For a caller that has something long to do before, as to fetch the
 * image. What the stages (stages.h) would refuse whatever the image is, is refused in the same words;
 * nothing is made, and nothing is read that could be a pipe. What only the image can tell, as whether it
 * has a user of that name, is left to the stages.
 */
#ifndef CTNR_SPEC_CHECK_H
#define CTNR_SPEC_CHECK_H

#include "spec.h"

/* spec has opts, command and identity. */
int check_options(const struct spec *spec, struct error *err);

#endif

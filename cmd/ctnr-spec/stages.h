/* SPDX-License-Identifier: Apache-2.0 */
/* The stages of making a config, each a noun of the runtime specification, in their order. */
#ifndef CTNR_SPEC_STAGES_H
#define CTNR_SPEC_STAGES_H

#include "spec.h"

/* Run all stages over spec->config, which is made when it is NULL. Each stage checks its options
 * and fails with the error of the first that is wrong; the config is then half made. */
int stages_apply(struct spec *spec, struct error *err);

#endif

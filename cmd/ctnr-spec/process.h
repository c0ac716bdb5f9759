/* SPDX-License-Identifier: Apache-2.0 */
/* process: args, cwd, terminal and user (image-spec conversion.md). */
#ifndef CTNR_SPEC_PROCESS_H
#define CTNR_SPEC_PROCESS_H

#include "spec.h"

/* args from entrypoint and command, cwd, terminal. */
int process_apply(struct spec *spec, struct error *err);

/* process.user, and spec->home. With one ID the identity's maps follow the user. */
int process_apply_user(struct spec *spec, struct error *err);

#endif

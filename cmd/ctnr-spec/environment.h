/* SPDX-License-Identifier: Apache-2.0 */
/* process.env: an array of NAME=VALUE. */
#ifndef CTNR_SPEC_ENVIRONMENT_H
#define CTNR_SPEC_ENVIRONMENT_H

#include "spec.h"

#include "base/option.h"

struct environment_opts {
	struct strlist env;
	struct strlist env_file;
};

extern const struct option environment_options[];

/* Can the options be right? Files are not read, because a pipe could be read only once. */
int environment_check(const struct environment_opts *opts, struct error *err);

/* The image's variables, then --env-file, then -e, then what nobody has set: PATH, HOSTNAME, HOME,
 * TERM. */
int environment_apply(struct spec *spec, struct error *err);

#endif

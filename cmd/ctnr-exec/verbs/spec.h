/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The verb spec: a config.json to begin with, as runc and crun write it, that they and we can run: a shell
 * on a terminal in the read-only directory "rootfs". ctnr-spec(1) writes those of images.
 */
#ifndef CTNR_EXEC_VERBS_SPEC_H
#define CTNR_EXEC_VERBS_SPEC_H

#include "verbs/global.h"

#include "base/error.h"
#include "base/str.h"

struct spec_opts {
	struct global_opts
		global; /* rootless: for a user without privileges, who is mapped alone */
	const char *bundle; /* NULL: the working directory */
};

extern const struct option spec_options[];

/* A struct command's run. */
int write_spec(const void *opts, const struct strlist *operands, struct error *err);

#endif

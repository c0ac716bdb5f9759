/* SPDX-License-Identifier: Apache-2.0 */
/* process: args, cwd, terminal and user (image-spec conversion.md). */
#ifndef CTNR_SPEC_PROCESS_H
#define CTNR_SPEC_PROCESS_H

#include "spec.h"

#include "base/option.h"

struct process_opts {
	const char *workdir;
	const char *user;
	struct strlist group_add;
	const char *entrypoint;
	enum option_state tty;
	bool interactive; /* kept in the bundle's record: the config has no place for it */
};

extern const struct option process_options[];

/* Can the options be right? Which users there are is the image's affair. */
int process_check(const struct process_opts *opts, struct error *err);

/* args from entrypoint and command, cwd, terminal. */
int process_apply(struct spec *spec, struct error *err);

/* process.user, and spec->home. With one ID the identity's maps follow the user. */
int process_apply_user(struct spec *spec, struct error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* linux.seccomp: the default profile, and profiles from files; process.noNewPrivileges. */
#ifndef CTNR_SPEC_SECCOMP_H
#define CTNR_SPEC_SECCOMP_H

#include "spec.h"

#include "base/option.h"

struct seccomp_opts {
	struct strlist security; /* --security-opt: seccomp and no-new-privileges */
};

extern const struct option seccomp_options[];

/* A profile from a file, "-" for stdin: linux.seccomp as it stands, or Docker's form (archMap,
 * includes, excludes), whose conditions are decided here. New. */
json_t *seccomp_read(const char *path, uint64_t capabilities, struct error *err);

/* Can the options be right? A profile is not read, because a pipe could be read only once. */
int seccomp_check(const struct seccomp_opts *opts, struct error *err);

/* --security-opt and --privileged; for a new config the default profile. When an edit changed the
 * capabilities, a default profile follows them. before: the bounding set before the edit. The default
 * profile is left beside the config, as spec->default_profile. */
int seccomp_apply(struct spec *spec, uint64_t before, struct error *err);

#endif

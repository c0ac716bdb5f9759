/* SPDX-License-Identifier: Apache-2.0 */
/* linux.seccomp (runtime-spec config-linux.md, "Seccomp") compiled by libseccomp. */
#ifndef CTNR_EXEC_WORKERS_PROFILE_PROFILE_H
#define CTNR_EXEC_WORKERS_PROFILE_PROFILE_H

#include "base/error.h"
#include "format/json.h"

#include <stdint.h>

/* The action that a listener is needed for. */
#define PROFILE_NOTIFY "SCMP_ACT_NOTIFY"

/* Compile a profile and write the filter to fd: a struct sock_filter[]. */
int profile_compile(const struct jnode *profile, int fd, struct error *err);

/* The words that a profile may have, as the features document of the runtime specification has them: a new
 * object of arrays actions, operators, archs, knownFlags and supportedFlags. What the kernel does not know is
 * left out, but for knownFlags. "libseccomp" is that library's version. */
json_t *profile_vocabulary(void);

#endif

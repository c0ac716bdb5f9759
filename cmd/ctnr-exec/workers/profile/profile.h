/* SPDX-License-Identifier: Apache-2.0 */
/* linux.seccomp (runtime-spec config-linux.md, "Seccomp") compiled by libseccomp. */
#ifndef CTNR_EXEC_WORKERS_PROFILE_PROFILE_H
#define CTNR_EXEC_WORKERS_PROFILE_PROFILE_H

#include "base/error.h"
#include "format/json.h"

#include <stdint.h>

/* Write the filter of a profile to fd; ret_flags gets SECCOMP_FILTER_FLAG_*. */
int profile_flags(const struct jnode *profile, uint32_t *ret_flags, struct error *err);
int profile_compile(const struct jnode *profile, int fd, struct error *err);

#endif

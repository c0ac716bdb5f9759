/* SPDX-License-Identifier: Apache-2.0 */
/* linux.seccomp.architectures: the names that the specification has, of those that libseccomp knows. */
#ifndef CTNR_EXEC_WORKERS_PROFILE_ARCHITECTURE_H
#define CTNR_EXEC_WORKERS_PROFILE_ARCHITECTURE_H

#include "format/json.h"

#include <stdint.h>

/* The token of libseccomp for "SCMP_ARCH_X86_64"; 0: there is none. */
uint32_t architecture_token(const char *name);

/* A new array of all names. */
json_t *architecture_names(void);

#endif

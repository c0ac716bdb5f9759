/* SPDX-License-Identifier: Apache-2.0 */
/* The architectures of system calls that this machine has, by libseccomp's names. */
#ifndef CTNR_SPEC_SECCOMP_ARCHITECTURE_H
#define CTNR_SPEC_SECCOMP_ARCHITECTURE_H

/* The architectures whose programs this machine runs, the native one first; NULL-terminated and
 * static. Empty for a machine that is not known here. */
const char *const *seccomp_architectures(void);

#endif

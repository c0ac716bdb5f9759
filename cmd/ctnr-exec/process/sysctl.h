/* SPDX-License-Identifier: Apache-2.0 */
/* linux.sysctl: kernel parameters of the container's own namespaces, and no others. */
#ifndef CTNR_EXEC_PROCESS_SYSCTL_H
#define CTNR_EXEC_PROCESS_SYSCTL_H

#include "config/sysctls.h"

#include "base/error.h"

/* In init, in its namespaces, before the root is changed. */
int sysctls_apply(const struct sysctls_config *sysctls, struct error *err);

#endif

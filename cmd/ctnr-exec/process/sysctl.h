/* SPDX-License-Identifier: Apache-2.0 */
/* linux.sysctl: kernel parameters of the container's own namespaces, and no others. */
#ifndef CTNR_EXEC_PROCESS_SYSCTL_H
#define CTNR_EXEC_PROCESS_SYSCTL_H

#include "container.h"

/* In init, in its namespaces, before the root is changed. */
int sysctls_apply(const struct container *c, struct error *err);

#endif

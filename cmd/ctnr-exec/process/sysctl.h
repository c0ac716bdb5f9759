/* SPDX-License-Identifier: Apache-2.0 */
/* linux.sysctl: kernel parameters of the container's own namespaces, and no others. */
#ifndef CTNR_EXEC_PROCESS_SYSCTL_H
#define CTNR_EXEC_PROCESS_SYSCTL_H

#include "config/sysctls.h"

#include "base/error.h"

/* In the caller's process: an error where a namespace that has one of them is given by path and is our
 * own, and so not the container's. */
int sysctls_check(const struct sysctls_config *sysctls, const struct namespaces_config *namespaces,
		  struct error *err);

/* In init, in its namespaces, before the root is changed. */
int sysctls_apply(const struct sysctls_config *sysctls, struct error *err);

#endif

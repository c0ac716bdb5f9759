/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers below /proc/sys. */
#ifndef CTNR_DOCTOR_SYSCTL_H
#define CTNR_DOCTOR_SYSCTL_H

#include <stdint.h>

#define SYSCTL_USERNS_MAX "/proc/sys/user/max_user_namespaces"
#define SYSCTL_USERNS_CLONE "/proc/sys/kernel/unprivileged_userns_clone"
#define SYSCTL_APPARMOR_USERNS "/proc/sys/kernel/apparmor_restrict_unprivileged_userns"

/* The number in such a file; -1 when there is none. */
int64_t sysctl_number(const char *path);

#endif

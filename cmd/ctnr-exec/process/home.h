/* SPDX-License-Identifier: Apache-2.0 */
/* HOME of a process whose process.env has none: what the container's /etc/passwd says of its user. */
#ifndef CTNR_EXEC_PROCESS_HOME_H
#define CTNR_EXEC_PROCESS_HOME_H

#include "base/str.h"

#include <sys/types.h>

/* "HOME=/root" as a new string; NULL: env has a HOME, be it empty. It is "/" for a user whom /etc/passwd
 * does not know, and where that file cannot be read, is no regular file or is larger than HOME_PASSWD_MAX.
 * To be called inside the root of the container, as that user: the file is opened with the rights of the
 * payload. */
char *home_find(const struct strlist *env, uid_t uid);

#define HOME_PASSWD_MAX (1U << 20)

#endif

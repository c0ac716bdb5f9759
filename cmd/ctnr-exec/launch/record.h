/* SPDX-License-Identifier: Apache-2.0 */
/* What other commands are told of a container that has been launched (store/state.h). */
#ifndef CTNR_EXEC_LAUNCH_RECORD_H
#define CTNR_EXEC_LAUNCH_RECORD_H

#include "container.h"

#include "base/error.h"

#include <stdbool.h>
#include <sys/types.h>

/* Write the mark of init into the lock of the bundle and into the state, and release both locks: from
 * now on other commands tell by the mark what the container does. Then write the pid file. foreground:
 * the state goes away with its run. An init that has ended already, and that was waited for, leaves
 * nothing to write. */
int record_container(const struct container *c, pid_t init, bool foreground, struct error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The container's first process, from its clone to the execution of the payload. */
#ifndef CTNR_EXEC_LAUNCH_INIT_H
#define CTNR_EXEC_LAUNCH_INIT_H

#include "launch/launch.h"

/* Never returns. go: a pipe to read from until the maps of our user namespace are written, or -1.
 * A failure is left in launch->page->init_error. */
_Noreturn void init_main(const struct launch *launch, int go);

#endif

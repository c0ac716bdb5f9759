/* SPDX-License-Identifier: Apache-2.0 */
/* The caller's process: it starts the two others, waits for them and returns the status
 * (launch/launch.h). */
#ifndef CTNR_EXEC_LAUNCH_CALLER_H
#define CTNR_EXEC_LAUNCH_CALLER_H

#include "container.h"
#include "launch/streams.h"

#include "base/error.h"

/* Start a container that is claimed, wait for its end and clean up in any case. input:
 * where a terminal's input comes from, if the container has a terminal. Returns the exit status of
 * the container (128 + N when signal N ended it), or -1 when it could not be started or kept. */
int launch_container(const struct container *container, enum terminal_input input,
		     struct error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The process between the caller's and the container's (launch/launch.h). */
#ifndef CTNR_EXEC_LAUNCH_KEEPER_H
#define CTNR_EXEC_LAUNCH_KEEPER_H

#include "launch/launch.h"

/* Clone the keeper, in the container's user namespace where it belongs there. Returns its pid. */
pid_t keeper_start(const struct launch *launch, struct error *err);

/* The container has ended: remove its state, let poststop hooks be executed, and remove the bundle of
 * --rm. The keeper does that, and the caller what a keeper that was killed has left of it. */
int keeper_remove_container(const struct launch *launch, struct error *err);

#endif

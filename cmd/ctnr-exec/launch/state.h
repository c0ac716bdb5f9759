/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RUNDIR/exec/ID/state.json: the container's state (runtime-spec runtime.md, "State") with what
 * other verbs need to find it. The directory itself is locked (flock) while the container lives:
 * a directory without a lock is what a killed process left, and its ID is free.
 */
#ifndef CTNR_EXEC_LAUNCH_STATE_H
#define CTNR_EXEC_LAUNCH_STATE_H

#include "container.h"

/* Take RUNDIR/exec/ID for c->id: sets c->state_root and c->state. run_dir: the option, or NULL. */
int state_claim(struct container *c, const char *run_dir, struct error *err);

/* Write state.json and the pid file, for a container whose init is pid. */
int state_write(const struct container *c, pid_t pid, struct error *err);

/* Remove what runs left that were killed with all their processes: nobody holds the lock. */
void state_reclaim(const struct container *c);

void state_remove(const struct container *c);

#endif

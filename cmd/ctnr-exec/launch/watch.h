/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Waiting for a container in the caller's process: signals and streams are passed on
 * meanwhile, and the end of keeper and init is taken.
 */
#ifndef CTNR_EXEC_LAUNCH_WATCH_H
#define CTNR_EXEC_LAUNCH_WATCH_H

#include "launch/launch.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct watch {
	struct launch *launch; /* borrowed */
	int signals; /* signals_take() */
	int container; /* pidfd whose end is init's end too; 0 or less: init is the container's first process */
	bool guards_first; /* init is the first process of a pid namespace: signals can be thrown away */
	pid_t keeper; /* 0: the keeper has ended, or was never there */
	bool init_ended;
	int init_status; /* of wait(2) */
	int fatal; /* the signal that the container was ended for, or 0 */
	int doubtful; /* a signal that init had blocked when it was sent, or 0 */
	int doubts; /* looks at it so far */
	int64_t doubt_ends; /* clock_monotonic_ms() of the next look */
	bool hung_up; /* the terminal's program was told that there is no more input */
	bool abandoned; /* the rest of the output is not wanted */
};

/* Wait until keeper and init have ended and what the container wrote has been passed on. */
void watch_until_end(struct watch *watch);

/* The exit status for the caller, or -1 with the reason. An error that err holds already is the
 * reason for a keeper that was killed. */
int watch_status(const struct watch *watch, struct error *err);

#endif

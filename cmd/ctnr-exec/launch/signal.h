/* SPDX-License-Identifier: Apache-2.0 */
/* Signals to the caller's process: which ones it takes, and what becomes of them. */
#ifndef CTNR_EXEC_LAUNCH_SIGNAL_H
#define CTNR_EXEC_LAUNCH_SIGNAL_H

#include "base/error.h"

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

/*
 * Block what is to be passed on, and what we wait for, and return a signalfd of it (blocking,
 * for poll). What the caller ignores (nohup, a background job's SIGINT) stays ignored. Stopping by
 * job control is left to the kernel, but for a terminal in raw mode.
 */
int signals_take(bool terminal, struct error *err);

/* What becomes of a signal (an ordinary process would die of it) that is sent to pid, which is the
 * first process of its pid namespace? The kernel throws it away where there is no handler for it
 * when it is taken. */
enum signal_fate {
	SIGNAL_TAKEN, /* by a handler, or ignored as the process wants it */
	SIGNAL_BLOCKED, /* until it is waited for, or unblocked and perhaps thrown away */
	SIGNAL_LOST,
};
enum signal_fate signal_fate(pid_t pid, int signal);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Signals to the caller's process: which ones it takes, and what becomes of them. */
#ifndef EXEC_SIGNAL_H
#define EXEC_SIGNAL_H

#include "base/error.h"

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

/*
 * Block what is to be passed on, and what we wait for, and return a signalfd of it (blocking,
 * for poll). What the caller ignores (nohup, a background job's SIGINT) stays ignored. Stopping by
 * job control is left to the kernel, but for a terminal in raw mode. ret_old: the mask before.
 */
int signals_take(bool terminal, sigset_t *ret_old, struct error *err);

/* Would the kernel throw that signal away, because pid is the first process of its pid namespace
 * and has neither a handler for it nor waits for it? An ordinary process would die of it. */
bool signal_would_be_lost(pid_t pid, int signal);

#endif

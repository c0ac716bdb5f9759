/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A container from its start to its end, by three processes (launch.c tells how): caller, keeper,
 * init. What they share lies here; what the container is to be lies in struct container.
 */
#ifndef CTNR_EXEC_LAUNCH_LAUNCH_H
#define CTNR_EXEC_LAUNCH_LAUNCH_H

#include "container.h"

#include "base/error.h"
#include "system/relay.h"

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/ioctl.h>

/* A page that the three processes share. Nothing of it survives the execve of the payload. */
struct launch_page {
	int32_t init_pid; /* of the container's init in our pid namespace; 0: not cloned yet */
	bool init_takes_signals; /* with the mask and dispositions that the payload starts with */
	struct error init_error; /* code 0: the payload was executed */
	struct error keeper_error;
	bool keeper_failed; /* before the container ended: keeper_error, not its status, counts */
	bool cleaned; /* the keeper has removed state and bundle, or said why not */
};

/* Filled by the caller; keeper and init inherit a copy, and speak back through the page alone. */
struct launch {
	const struct container *container; /* borrowed */
	struct winsize window; /* the size of its terminal at the start */
	sigset_t signals; /* the caller's signal mask, for the payload */
	int parent; /* pidfd of the caller */
	int sync[2]; /* socket pair of caller and container: carries the maps' "go" and the terminal */
	struct launch_page *page;
};

#define LAUNCH_INIT(container) \
	{ \
		container, .parent = -EBADF, .sync = { -EBADF, -EBADF } \
	}

/* Start a container that is claimed, wait for its end and clean up in any case. input:
 * where a terminal's input comes from, if the container has a terminal. Returns the exit status of
 * the container (128 + N when signal N ended it), or -1 when it could not be started or kept. */
int launch_container(const struct container *container, enum relay_input input, struct error *err);

#endif

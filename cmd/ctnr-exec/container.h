/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One container on its way from a bundle to a running process: what the three processes of a run
 * (run.h) share. Filled by the caller's process; the keeper and the container's init inherit a
 * copy by fork, and speak back through the shared page alone.
 */
#ifndef CTNR_EXEC_CONTAINER_H
#define CTNR_EXEC_CONTAINER_H

#include "config/config.h"
#include "launch/namespace.h"
#include "process/seccomp.h"

#include "base/error.h"
#include "format/json.h"
#include "store/bundle.h"
#include "store/state.h"
#include "store/store.h"

#include <signal.h>
#include <stdbool.h>
#include <sys/ioctl.h>
#include <sys/types.h>

/* A page shared by the three processes. Nothing of it survives the execve of the payload. */
struct container_shared {
	int32_t init_pid; /* of the container's init in our pid namespace; 0: not cloned yet */
	bool init_takes_signals; /* with the mask and dispositions that the payload starts with */
	struct error init_error; /* code 0: the payload was executed */
	struct error keeper_error;
	bool keeper_failed; /* before the container ended: keeper_error, not its status, counts */
	bool cleaned; /* the keeper has removed state and bundle, or said why not */
};

struct container {
	struct store store; /* path NULL: there is none */
	struct bundle bundle;
	const char *id; /* borrowed */
	bool remove; /* --rm */
	char *pid_file; /* absolute, or NULL */
	struct config config;
	struct namespaces namespaces;
	struct seccomp_filter filter;
	char *overlay_options; /* mount data; NULL: not an overlay bundle */
	char *cgroups; /* /proc/self/cgroup, as the caller sees it; or NULL */
	bool stdin_closed; /* the container's stdin is /dev/null */
	struct winsize window; /* its size at the start */
	sigset_t signals; /* the caller's signal mask, for the payload */
	int lock; /* the bundle's lock */
	struct state_root state_root; /* RUNDIR/exec */
	struct state_claim state; /* RUNDIR/exec/ID */
	int parent; /* pidfd of the process that the caller started */
	int sync[2]; /* socket pair: caller, container; carries maps' "go" and the terminal */
	struct container_shared *shared;
};

#define CONTAINER_INIT \
	{ \
		.store = STORE_INIT, .bundle = BUNDLE_INIT, .config = CONFIG_INIT, \
		.filter = SECCOMP_FILTER_INIT, .lock = -EBADF, .state_root = STATE_ROOT_INIT, \
		.state = STATE_CLAIM_INIT, .parent = -EBADF, .sync = { -EBADF, -EBADF }, \
	}

void container_release(struct container *c);

/* The container has ended, or has never run: remove its state and, with --rm, its bundle, unless
 * they are another's by now (state.h). Where this is called twice, the second call does the rest. */
int container_clean_up(const struct container *c, struct error *err);
#define autocontainer autocleanup(container_release)

#endif

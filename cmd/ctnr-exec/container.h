/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One container on its way from a bundle to a running process: what it is to be, what was settled
 * before any process of it existed, and what is claimed for it. Filled by the caller's process; the
 * processes of the container inherit a copy, and only read it (launch/launch.h).
 */
#ifndef CTNR_EXEC_CONTAINER_H
#define CTNR_EXEC_CONTAINER_H

#include "config/config.h"
#include "launch/hook.h"
#include "launch/namespace.h"
#include "process/listen_fds.h"
#include "process/seccomp.h"

#include "base/error.h"
#include "format/json.h"
#include "store/bundle.h"
#include "store/state.h"
#include "store/store.h"

#include <stdbool.h>

struct container {
	struct store store; /* path NULL: there is none */
	struct bundle bundle;
	const char *id; /* borrowed */
	pid_t first; /* of a container that is joined: its first process; 0: it is made */
	bool remove; /* --rm */
	bool keeps_state; /* of a run that has ended, for delete */
	bool no_pivot; /* the root is moved over the host's, not pivoted: for a host without a root mount */
	char *pid_file; /* absolute, or NULL */
	char *pidfd_socket; /* absolute, or NULL */
	const char *console_socket; /* borrowed, or NULL */
	struct listen_fds listen_fds; /* among those from 3 on */
	unsigned preserve_fds; /* descriptors from 3 on that are the container's too */
	bool keeps_keyring; /* the caller's session keyring is the container's */
	struct config config;
	struct namespaces namespaces;
	struct seccomp_filter filter;
	char *overlay_options; /* mount data; NULL: not an overlay bundle */
	char *cgroups; /* /proc/self/cgroup, as the caller sees it; or NULL */
	bool stdin_closed; /* the container's stdin is /dev/null */
	int lock; /* the bundle's lock */
	struct state_root state_root; /* RUNDIR/exec */
	struct state_claim state; /* RUNDIR/exec/ID */
};

#define CONTAINER_INIT \
	{ \
		.store = STORE_INIT, .bundle = BUNDLE_INIT, .config = CONFIG_INIT, \
		.filter = SECCOMP_FILTER_INIT, .lock = -EBADF, .state_root = STATE_ROOT_INIT, \
		.state = STATE_CLAIM_INIT, \
	}

void container_release(struct container *c);
#define autocontainer autocleanup(container_release)

/* Decide what can be decided of config.process and of the filter before the process exists; namespaces has
 * been decided. */
int container_prepare_process(struct container *c, struct error *err);

/* The container has ended, or has never run: remove its state and, with --rm, its bundle, unless
 * another command has claimed them since (state.h). A second call does what the first left. */
bool container_keeps_state(const struct container *c); /* it stays for the verb delete */
void container_remove_state(const struct container *c);
int container_remove_bundle(const struct container *c, struct error *err);

/* Both. */
int container_clean_up(const struct container *c, struct error *err);

/* What hooks are told of the container; borrowed from it. */
struct hook_subject container_hooks(const struct container *c);

/* The status of a container after something else failed (code 0: nothing did): cleaning up, or passing
 * its output on. A container that went well has not gone well then, and failure moves to err. Any other
 * status stays, -1 with its err too, and failure is printed. */
int container_status_after(int status, const struct error *failure, struct error *err);

#endif

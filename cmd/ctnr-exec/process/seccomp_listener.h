/* SPDX-License-Identifier: Apache-2.0 */
/*
 * linux.seccomp.listenerPath (runtime-spec config-linux.md, "Seccomp" and "The Container Process State"): the
 * agent that answers the system calls which a filter notifies of, and how it gets their descriptor.
 *
 *	autolistener struct seccomp_listener listener = SECCOMP_LISTENER_INIT;
 *
 *	seccomp_listener_open(&filter, bundle, &view, &listener, err);	// in the caller
 *	seccomp_listener_load(&listener, &filter, pid, err);		// in the container's process
 *	execve(...);
 *
 * Theory of operation
 * ===================
 *
 * The caller connects to the agent before any process of the container exists: the path is one of the
 * host, and the rights to it are the caller's. It makes the message too, for a process of the container
 * makes no JSON. The message has gaps for the pid, which nobody knows yet.
 *
 * The kernel makes the descriptor as the filter comes into force. From then on the filter may deny any
 * call of the process, or notify of it and let it wait for an agent that has no descriptor yet, for
 * ever: sendmsg(2) and close(2) like every other. So the process makes no call until the agent has the
 * descriptor. A helper sends it, cloned right before and free of the filter, with the memory and the
 * descriptors of the process. It looks for the descriptor at short intervals, sends, closes both the
 * connection and the descriptor for both, and ends. The process looks for its end, which the kernel writes
 * into memory, also when the helper was killed; without a pause, because a pause is a call.
 *
 * The first call under the filter is execve(2) (process.h), of which the agent may be notified. The
 * helper is nobody's child to wait for (SA_NOCLDWAIT).
 */
#ifndef CTNR_EXEC_PROCESS_SECCOMP_LISTENER_H
#define CTNR_EXEC_PROCESS_SECCOMP_LISTENER_H

#include "process/seccomp.h"

#include "base/error.h"
#include "store/state_json.h"

#include <errno.h>
#include <sys/types.h>

struct seccomp_listener {
	int socket; /* connected to the agent; -EBADF: nothing is notified */
	char *message; /* owned */
};

#define SECCOMP_LISTENER_INIT \
	{ \
		-EBADF, NULL \
	}

void seccomp_listener_release(struct seccomp_listener *listener);
#define autolistener autocleanup(seccomp_listener_release)

/* Connect to the agent of a filter, if it has one: ERROR_FAILED names linux.seccomp.listenerPath. A relative
 * path is in bundle, a directory. state tells the container; its pid is 0 when its first process is the
 * one that will load the filter. */
int seccomp_listener_open(const struct seccomp_filter *filter, int bundle,
			  const struct state_view *state, struct seccomp_listener *ret,
			  struct error *err);

/* Confine this process, whose pid in the caller's namespace is given, for good. Where the filter notifies, the
 * agent has the descriptor and the message on return. */
int seccomp_listener_load(const struct seccomp_listener *listener,
			  const struct seccomp_filter *filter, pid_t pid, struct error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * process (runtime-spec config.md, "Process"): the way of a process of ours to the payload, which is
 * a container's first process or a further one of it.
 *
 *	if (process_confine(&payload, err) < 0)
 *		return -1;
 *	file = process_find_command(&payload, err);
 *	... a container that was created waits for its start
 *	return file ? process_execute(&payload, file, err) : -1;
 *
 * All of it happens inside the root of the container.
 */
#ifndef CTNR_EXEC_PROCESS_PROCESS_H
#define CTNR_EXEC_PROCESS_PROCESS_H

#include "config/memory_policy.h"
#include "config/personality.h"
#include "config/process.h"
#include "process/listen_fds.h"
#include "process/seccomp.h"
#include "process/seccomp_listener.h"

#include "base/error.h"

#include <stdbool.h>

struct payload {
	const struct process_config *process; /* borrowed */
	const struct seccomp_filter *filter; /* borrowed */
	const struct memory_policy_config *memory_policy; /* borrowed */
	const struct personality_config *personality; /* borrowed */
	const struct seccomp_listener *listener; /* of the filter; borrowed */
	pid_t pid; /* of this process, as the caller sees it */
	bool keeps_groups; /* one ID: the kernel lets go of no group */
	struct listen_fds *listen_fds; /* NULL: none; borrowed */
	unsigned preserve_fds; /* descriptors from 3 on that stay open */
	bool is_joined; /* the container runs: it may have put anything at the paths that are looked up */
	bool waits; /* for its start, while others may be in the container (exec, a pid namespace that is shared) */
	bool dies_with_parent; /* SIGKILL when the parent dies */
	/* What is left to do with the rights of the command, before the filter and its execution; NULL:
	 * nothing. A failure is that of process_execute(). */
	int (*prepare)(void *data, struct error *err);
	void *prepare_data; /* borrowed */
};

/* In the caller's process, before one of the container exists: what only the caller can do, and warnings of
 * what it cannot grant, which process then does not ask for any more. */
int process_prepare(struct process_config *process, struct error *err);

/* Working directory, limits, how the kernel runs the process, user, capabilities. Every other descriptor will be closed by execve(2).
 * Without no_new_privs the process keeps what loading a filter takes, CAP_SYS_ADMIN, among its permitted
 * capabilities, one that waits for its start CAP_SYS_PTRACE, and execve(2) takes both away. */
int process_confine(const struct payload *payload, struct error *err);

/* Look process.args[0] up with the rights of the payload. Returns the path of the file, new; NULL:
 * ERROR_NO_COMMAND or ERROR_NOT_EXECUTABLE. What only execve(2) sees is not found here. */
char *process_find_command(const struct payload *payload, struct error *err);

/* HOME (home.h), no_new_privs and the filter; then execute file, as process.args. Returns only on
 * failure. */
int process_execute(const struct payload *payload, const char *file, struct error *err);

/* Put the filter on this process, a helper of the payload in its place, for good. No listener hears of that
 * process: the calls that one would be notified of fail with ENOSYS. Between process_confine() and the
 * execution of a program. */
int process_load_filter(const struct payload *payload, struct error *err);

#endif

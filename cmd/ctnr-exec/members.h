/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The processes of a container.
 *
 * Where init is the first process of a pid namespace, they are the processes of that namespace and of those
 * below it; the kernel ends them with init. Where the container shares a pid namespace, they are those of
 * init's mount namespace, which every container has for itself; what left that namespace is not found, and
 * nothing is once init has ended.
 *
 * An init that makes the container does not let itself be looked at, and hides the others: it alone is then
 * known. One that waits for its start does.
 */
#ifndef CTNR_EXEC_MEMBERS_H
#define CTNR_EXEC_MEMBERS_H

#include "base/cleanup.h"
#include "base/error.h"

#include <stddef.h>
#include <sys/types.h>

struct members {
	pid_t *pids; /* in ascending order, as seen from here */
	size_t len;
};

#define MEMBERS_INIT \
	{ \
		NULL, 0 \
	}

void members_release(struct members *members);
#define automembers autocleanup(members_release)

/* The processes of the container whose first process has that mark (system/process_mark.h). None when it
 * has ended; -1 when it is of another pid namespace. */
int members_list(const char *mark, struct members *ret, struct error *err);

/* Send a signal to each. A process that ends meanwhile is no error. */
int members_signal(const char *mark, int signal, struct error *err);

/* Kill all (SIGKILL), and wait until they have ended. */
int members_kill(const char *mark, struct error *err);

#endif

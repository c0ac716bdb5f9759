/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A process mark names one process for good, so that a file can say whose it is:
 *
 *	PID START_TIME BOOT_ID PIDNS
 *
 * The kernel gives a pid to another process sooner or later. With its start time (clock ticks since
 * the boot, as the initial time namespace counts them) a pid means one process, within one boot of
 * the machine and one pid namespace (the inode of /proc/PID/ns/pid): the mark has all four.
 *
 *	autofree char *mark = process_mark(getpid(), err);
 *
 *	... mark is written to a file; later, in another process:
 *
 *	if (process_mark_fate(mark, NULL, NULL) == PROCESS_GONE)
 *		unlinkat(dirfd, name, 0);
 *
 * User namespaces and mount namespaces make no difference to a mark.
 */
#ifndef SYSTEM_PROCESS_MARK_H
#define SYSTEM_PROCESS_MARK_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Which boot of the machine this is: random digits and dashes that the kernel chose. -1 when /proc
 * does not tell. */
#define BOOT_ID_MAX 40
int boot_id_read(char id[BOOT_ID_MAX], struct error *err);

#define PROCESS_MARK_MAX 128 /* bytes of a mark, with its NUL */

/* The mark of a process of the present pid namespace: new string, or NULL (ERROR_NOT_FOUND when
 * there is no such process). A zombie has a mark too. */
char *process_mark(pid_t pid, struct error *err);

enum process_fate {
	PROCESS_GONE, /* it has ended for certain */
	PROCESS_ALIVE,
	PROCESS_ELSEWHERE, /* it is of another pid namespace of this boot: nothing can be known of
			      it here, so it counts as alive */
};

/* What marks are compared with. A caller that asks about several marks passes the same scope each
 * time, so that each of these is read once. */
struct process_scope {
	uint64_t pid_namespace; /* 0: not read yet */
	char boot_id[BOOT_ID_MAX]; /* "": not read yet */
};

/*
 * What has become of the process that a mark names. A zombie is gone, although it keeps its start
 * time: only its parent has not asked yet. A zombie whose other threads live (its first thread has
 * ended alone) is alive. Text that is no mark belongs to nobody: gone.
 *
 * scope and ret_pid may be NULL. *ret_pid is the pid of a process that is alive, else 0.
 */
enum process_fate process_mark_fate(const char *mark, struct process_scope *scope, pid_t *ret_pid);

/*
 * A pidfd of the process that a mark names, which is compared once more when the pidfd is open: from then
 * on the pid is not another's. -1 with errno: ESRCH when the process is gone, EXDEV when it is of
 * another pid namespace.
 */
int process_mark_open(const char *mark);

/* Kill that process (SIGKILL), and wait until it has ended, for at most 10 seconds. 0 also when it is gone
 * already. */
int process_mark_kill(const char *mark, struct error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whose process this is, seen from outside the user namespace it may have entered, and marks that
 * name a living process.
 *
 * A mark is "PID START_TIME BOOT_ID PIDNS": with its start time a pid means one process for good,
 * within one boot and one pid namespace.
 */
#ifndef SYSTEM_PROCESS_MARK_H
#define SYSTEM_PROCESS_MARK_H

#include "base/error.h"

#include <stdbool.h>
#include <sys/types.h>

struct owner {
	uid_t uid; /* outside the present user namespace */
	bool is_real_root; /* 0, and the namespace maps every ID to itself */
};

/* -1 when /proc cannot be read. */
int owner_of_process(struct owner *ret);

/* The mark of a process: new string. */
char *owner_mark(pid_t pid, struct error *err);

/* The kernel's name for the time since the machine was started. */
#define BOOT_ID_MAX 40
int boot_id_read(char id[BOOT_ID_MAX], struct error *err);

/* Is the process that the mark names gone for certain? A mark of another pid namespace is trusted
 * until the machine starts anew; what is no mark at all belongs to nobody. */
bool owner_is_gone(const char *mark);

#endif

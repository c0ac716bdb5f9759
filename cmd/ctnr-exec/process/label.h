/* SPDX-License-Identifier: Apache-2.0 */
/*
 * process.apparmorProfile and process.selinuxLabel: what the next execve(2) of this process changes to.
 *
 * Both are written through the host's /proc (procfs.h), early: the container's own /proc is not to be trusted, and
 * with no_new_privs the modules refuse most changes.
 */
#ifndef CTNR_EXEC_PROCESS_LABEL_H
#define CTNR_EXEC_PROCESS_LABEL_H

#include "config/process.h"

#include "base/error.h"

/* In the caller's process: an error where a label is asked for whose security module the kernel has not,
 * or has switched off. Without AppArmor every process is "unconfined", and then that asks for nothing. */
int labels_prepare(struct process_config *process, struct error *err);

/* Have the next execve(2) change to them, or do nothing where none is asked for. This process becomes
 * dumpable. */
int labels_apply(const struct process_config *process, struct error *err);

#endif

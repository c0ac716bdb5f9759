/* SPDX-License-Identifier: Apache-2.0 */
/*
 * process (runtime-spec config.md, "Process"): what the container's first process is to be, and
 * with another document, a further process of it.
 */
#ifndef CTNR_EXEC_CONFIG_PROCESS_H
#define CTNR_EXEC_CONFIG_PROCESS_H

#include "config/capabilities.h"
#include "config/cpu_affinity.h"
#include "config/rlimits.h"
#include "config/scheduler.h"

#include "base/str.h"

#include <stdbool.h>
#include <sys/ioctl.h>
#include <sys/types.h>

struct process_config {
	struct strlist args; /* at least one */
	struct strlist env;
	const char *cwd; /* absolute; borrowed from the document */
	uid_t uid;
	gid_t gid;
	mode_t umask;
	gid_t *groups; /* user.additionalGids */
	size_t n_groups;
	struct capabilities capabilities;
	struct rlimits_config rlimits;
	bool terminal;
	struct winsize console_size; /* with terminal; no rows: not given */
	bool no_new_privileges;
	bool has_oom_score;
	int oom_score; /* oomScoreAdj, -1000 to 1000 */
	const char *apparmor_profile; /* NULL, or not empty; borrowed, as is the next */
	const char *selinux_label;
	struct scheduler_config scheduler;
	struct io_priority_config io_priority;
	struct cpu_affinity_config cpu_affinity; /* of a further process alone */
};

/* Accepts half-built objects. */
void process_config_release(struct process_config *process);

/* Read a "process" node, which must be there. */
int process_config_read(const struct jnode *process, struct process_config *ret, struct error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What becomes of a wish for control groups in config.json. None are made yet, so that a limit
 * (config/refusal.h) and linux.cgroupsPath are errors, whatever manager was to make them. With
 * --rootless=true the path is told and left, as a runtime does that may not make it; with
 * --cgroup-manager=disabled that is what was asked for, and nothing is said. A limit is an error with
 * either. A config without a path and without limits is none with any.
 */
#ifndef CTNR_EXEC_CONFIG_CGROUP_H
#define CTNR_EXEC_CONFIG_CGROUP_H

#include "base/error.h"
#include "format/json.h"

enum cgroup_policy {
	CGROUP_POLICY_CGROUPFS,
	CGROUP_POLICY_SYSTEMD,
	CGROUP_POLICY_ROOTLESS,
	CGROUP_POLICY_DISABLED,
};

/* What an error says of a limit. */
#define CGROUP_NEEDED "this needs cgroups, which are not supported yet"

/* Check linux.cgroupsPath. Prints the warning. */
int cgroup_config_check(const struct jnode *linux_node, enum cgroup_policy policy,
			struct error *err);

#endif

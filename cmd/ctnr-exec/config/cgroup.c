/* SPDX-License-Identifier: Apache-2.0 */
#include "config/cgroup.h"

#include "config/refusal.h"

int cgroup_config_check(const struct jnode *linux_node, enum cgroup_policy policy,
			struct error *err)
{
	struct jnode node = jnode_member(linux_node, "cgroupsPath");
	const char *path = "";

	if (jnode_string_opt(&node, &path, err) < 0)
		return -1;
	if (!*path || policy == CGROUP_POLICY_DISABLED)
		return 0;
	if (policy == CGROUP_POLICY_ROOTLESS) {
		refusal_warn(&node, "no control group is made (--rootless=true), ignoring");
		return 0;
	}
	jnode_error(&node, err, "%s",
		    policy == CGROUP_POLICY_SYSTEMD
			    ? "this needs cgroups of systemd, which are not supported yet"
			    : CGROUP_NEEDED);
	return error_hint(err, "--cgroup-manager=disabled runs the container without");
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "tap.h"

#include "base/cleanup.h"
#include "system/cgroup.h"

#include <unistd.h>

static void split(const char *text, const char *controllers, const char *path)
{
	struct cgroup_line line = { NULL, NULL };
	char copy[128];

	snprintf(copy, sizeof(copy), "%s", text);
	if (!controllers) {
		ok(!cgroup_line_split(copy, &line), "what is no line of cgroups is none");
		return;
	}
	ok(cgroup_line_split(copy, &line), "a line of cgroups is taken apart");
	is_str(line.controllers, controllers, "... into controllers");
	is_str(line.path, path, "... and a path");
}

/* The cgroup that this process's own file names behind "0::" is the unified one's. */
static void test_own(void)
{
	autostr struct str text = STR_INIT;
	autofree char *own = cgroup_own_path(NULL);
	autofree char *none = cgroup_own_path("nosuch");
	const char *line;

	ok(cgroup_read_own(&text, NULL) == 0 || access("/proc/self/cgroup", F_OK) < 0,
	   "this process's cgroups are read where the kernel has any");
	line = strstr(text.data, "0::");
	if (line && (line == text.data || line[-1] == '\n')) {
		text.data[line - text.data + (ptrdiff_t)strcspn(line, "\n")] = '\0';
		is_str(own, line + 3, "this process's cgroup of version 2 is found");
	} else {
		is_str(own, NULL, "without version 2 there is no cgroup of it");
	}
	is_str(none, NULL, "a controller that does not exist has no cgroup");
}

int main(void)
{
	split("0::/user.slice", "", "/user.slice");
	split("4:cpu,cpuacct:/a", "cpu,cpuacct", "/a");
	split("1:name=systemd:/", "name=systemd", "/");
	split("3:pids:/a:b", "pids", "/a:b");
	split("", NULL, NULL);
	split("4:cpu", NULL, NULL);
	test_own();
	/* By the file that only the root of a unified hierarchy has. */
	is_int(cgroup_layout() == CGROUP_UNIFIED,
	       access(CGROUP_ROOT "/cgroup.controllers", F_OK) == 0,
	       "a unified hierarchy is told from others");
	is_int(cgroup_is_unified(), cgroup_layout() == CGROUP_UNIFIED, "... also by itself");
	is_int(cgroup_layout() == CGROUP_HYBRID,
	       access(CGROUP_ROOT "/unified/cgroup.controllers", F_OK) == 0,
	       "... and a hybrid one");
	return done_testing();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* May this user set limits? With version 2 that takes a delegated cgroup, with version 1 a writable
 * directory for each controller (cgroups(7)). */
#include "check.h"

#include "base/alloc.h"
#include "base/str.h"
#include "system/cgroup.h"
#include "system/fd.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define CONTROLLERS_MAX 4096 /* bytes of cgroup.controllers */

static void check_version_2(struct checklist *list)
{
	autofree char *path = cgroup_own_path(NULL);
	autofree char *dir = xasprintf(CGROUP_ROOT "%s", path ? path : "");
	autofree char *procs = xasprintf("%s/cgroup.procs", dir);
	autofree char *file = xasprintf("%s/cgroup.controllers", dir);
	autostr struct str controllers = STR_INIT;

	if (!path || faccessat(AT_FDCWD, dir, W_OK, AT_EACCESS) < 0 ||
	    faccessat(AT_FDCWD, procs, W_OK, AT_EACCESS) < 0) {
		check_add(list, "cgroups", CHECK_WARN,
			  "version 2, not delegated to this user: limits cannot be set");
		check_hint(list, "systemd-run --user --scope -p Delegate=yes COMMAND");
		return;
	}
	if (file_read_at(AT_FDCWD, file, CONTROLLERS_MAX, &controllers, NULL) < 0)
		str_clear(&controllers);
	controllers.data[strcspn(controllers.data, "\n")] = '\0';
	check_add(list, "cgroups", CHECK_OK, "version 2, delegated: %s",
		  controllers.data[0] ? controllers.data : "no controllers");
}

static void check_version_1(struct checklist *list)
{
	static const char *const controllers[] = { "cpu", "memory", "pids", NULL };
	autostr struct str writable = STR_INIT;

	for (size_t i = 0; controllers[i]; i++) {
		autofree char *path = cgroup_own_path(controllers[i]);
		autofree char *dir =
			path ? xasprintf(CGROUP_ROOT "/%s%s", controllers[i], path) : NULL;

		if (dir && faccessat(AT_FDCWD, dir, W_OK, AT_EACCESS) == 0)
			str_appendf(&writable, " %s", controllers[i]);
	}
	if (writable.len) {
		check_add(list, "cgroups", CHECK_OK, "version 1, writable:%s", writable.data);
	} else {
		check_add(list, "cgroups", CHECK_WARN,
			  "version 1, none is writable: limits cannot be set");
		check_hint(list,
			   "boot with systemd.unified_cgroup_hierarchy=1, which can delegate");
	}
}

void check_cgroup(const struct host *host, struct checklist *list)
{
	(void)host;
	switch (cgroup_layout()) {
	case CGROUP_UNIFIED:
		check_version_2(list);
		break;
	case CGROUP_HYBRID:
	case CGROUP_LEGACY:
		check_version_1(list);
		break;
	default:
		check_add(list, "cgroups", CHECK_WARN, "not mounted: limits cannot be set");
	}
}

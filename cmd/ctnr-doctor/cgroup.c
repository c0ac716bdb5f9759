/* SPDX-License-Identifier: Apache-2.0 */
/* May this user set limits? With version 2 that takes a delegated cgroup, with version 1 a writable
 * directory for each controller (cgroups(7)). */
#include "check.h"

#include "base/alloc.h"
#include "base/str.h"
#include "system/fd.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/statfs.h>
#include <unistd.h>

#define CGROUP_ROOT "/sys/fs/cgroup"
#define CGROUP_FILE_MAX (64U << 10) /* bytes */

/* Our cgroup for a controller of version 1, or (NULL) that of version 2; new, NULL when there is
 * none. Lines are "ID:CONTROLLER,CONTROLLER:PATH" and "0::PATH". */
static char *own_cgroup(const char *controller)
{
	autostr struct str text = STR_INIT;
	char *line;
	char *rest;

	if (file_read_at(AT_FDCWD, "/proc/self/cgroup", CGROUP_FILE_MAX, &text, NULL) < 0)
		return NULL;
	for (line = strtok_r(text.data, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		char *names = strchr(line, ':');
		char *path = names ? strchr(names + 1, ':') : NULL;
		char *name;
		char *names_rest;

		if (!path)
			continue;
		*path++ = '\0';
		names++;
		if (!controller && !names[0])
			return xstrdup(path);
		for (name = strtok_r(names, ",", &names_rest); controller && name;
		     name = strtok_r(NULL, ",", &names_rest))
			if (strcmp(name, controller) == 0)
				return xstrdup(path);
	}
	return NULL;
}

static void check_version_2(struct checklist *list)
{
	autofree char *path = own_cgroup(NULL);
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
	if (file_read_at(AT_FDCWD, file, CGROUP_FILE_MAX, &controllers, NULL) < 0)
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
		autofree char *path = own_cgroup(controllers[i]);
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
	struct statfs fs;

	(void)host;
	if (statfs(CGROUP_ROOT, &fs) < 0)
		check_add(list, "cgroups", CHECK_WARN, "not mounted: limits cannot be set");
	else if ((unsigned long)fs.f_type == CGROUP2_SUPER_MAGIC)
		check_version_2(list);
	else
		check_version_1(list);
}

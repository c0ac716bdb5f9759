/* SPDX-License-Identifier: Apache-2.0 */
#include "system/cgroup.h"

#include "base/alloc.h"
#include "system/fd.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/vfs.h>

#define CGROUP_FILE_MAX (64U << 10) /* bytes of /proc/self/cgroup */

static bool is_version_2(const char *path)
{
	struct statfs fs;

	return statfs(path, &fs) == 0 && fs.f_type == CGROUP2_SUPER_MAGIC;
}

bool cgroup_is_unified(void)
{
	return is_version_2(CGROUP_ROOT);
}

enum cgroup_layout cgroup_layout(void)
{
	struct statfs fs;

	/* Where nothing is mounted there is the empty directory of sysfs. */
	if (statfs(CGROUP_ROOT, &fs) < 0 || fs.f_type == SYSFS_MAGIC)
		return CGROUP_NONE;
	if (fs.f_type == CGROUP2_SUPER_MAGIC)
		return CGROUP_UNIFIED;
	return is_version_2(CGROUP_ROOT "/unified") ? CGROUP_HYBRID : CGROUP_LEGACY;
}

int cgroup_read_own(struct str *ret, struct error *err)
{
	static const char path[] = "/proc/self/cgroup";
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return error_errno(err, "cannot open '%s'", path);
	return fd_read_rest(fd, CGROUP_FILE_MAX, ret, err) < 0 ? error_prefix(err, "%s", path) : 0;
}

bool cgroup_line_split(char *line, struct cgroup_line *ret)
{
	char *controllers = strchr(line, ':');
	char *path = controllers ? strchr(controllers + 1, ':') : NULL;

	if (!path)
		return false;
	*path++ = '\0';
	*ret = (struct cgroup_line) { controllers + 1, path };
	return true;
}

/* Is name one of "cpu,cpuacct"? The list is taken apart. */
static bool lists_controller(char *controllers, const char *name)
{
	char *rest;

	for (char *one = strtok_r(controllers, ",", &rest); one; one = strtok_r(NULL, ",", &rest))
		if (strcmp(one, name) == 0)
			return true;
	return false;
}

char *cgroup_own_path(const char *controller)
{
	autostr struct str text = STR_INIT;
	char *rest;

	if (cgroup_read_own(&text, NULL) < 0)
		return NULL;
	for (char *line = strtok_r(text.data, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest)) {
		struct cgroup_line own;

		if (!cgroup_line_split(line, &own))
			continue;
		if (controller ? lists_controller(own.controllers, controller) : !*own.controllers)
			return xstrdup(own.path);
	}
	return NULL;
}

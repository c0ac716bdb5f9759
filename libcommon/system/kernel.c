/* SPDX-License-Identifier: Apache-2.0 */
#include "system/kernel.h"

#include <stdio.h>
#include <sys/utsname.h>

int kernel_version_parse(const char *text, struct kernel_version *ret)
{
	struct kernel_version version = { 0 };

	if (sscanf(text, "%u.%u", &version.major, &version.minor) < 1)
		return -1;
	*ret = version;
	return 0;
}

bool kernel_is_at_least(struct kernel_version version)
{
	struct kernel_version running;
	struct utsname name;

	if (uname(&name) < 0 || kernel_version_parse(name.release, &running) < 0)
		return false;
	return running.major != version.major ? running.major > version.major
					      : running.minor >= version.minor;
}

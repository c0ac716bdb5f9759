/* SPDX-License-Identifier: Apache-2.0 */
#include "system/config_path.h"

#include "base/alloc.h"

#include <stdlib.h>

static const char *absolute_of_environment(const char *variable)
{
	const char *value = getenv(variable);

	return value && value[0] == '/' ? value : NULL;
}

char *config_path_of_user(const char *name)
{
	const char *config = absolute_of_environment("XDG_CONFIG_HOME");
	const char *home = absolute_of_environment("HOME");

	if (config)
		return xasprintf("%s/%s", config, name);
	return home ? xasprintf("%s/.config/%s", home, name) : NULL;
}

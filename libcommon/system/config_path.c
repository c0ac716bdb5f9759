/* SPDX-License-Identifier: Apache-2.0 */
#include "system/config_path.h"

#include "base/alloc.h"
#include "base/cleanup.h"
#include "system/userdb.h"

#include <stdlib.h>

char *config_path_of_user(const char *name)
{
	const char *config = getenv("XDG_CONFIG_HOME");
	autofree char *home = NULL;

	if (config && config[0] == '/')
		return xasprintf("%s/%s", config, name);
	home = userdb_home();
	return home ? xasprintf("%s/.config/%s", home, name) : NULL;
}

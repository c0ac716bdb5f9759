/* SPDX-License-Identifier: Apache-2.0 */
#include "system/config_path.h"

#include "base/alloc.h"
#include "base/cleanup.h"
#include "system/fd.h"
#include "system/userdb.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

bool config_path_is_free(const char *path)
{
	struct stat st;

	return lstat(path, &st) < 0 && (errno == ENOENT || errno == ENOTDIR);
}

int config_open_at(int dirfd, const char *path)
{
	autoclose int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

	/* Waiting for what a writer has to say is another matter. */
	if (fd < 0 || fcntl(fd, F_SETFL, 0) < 0)
		return -1;
	return fd_steal(&fd);
}

char *config_path_of_user(const char *name)
{
	const char *config = getenv("XDG_CONFIG_HOME");
	autofree char *home = NULL;

	if (config && config[0] == '/')
		return xasprintf("%s/%s", config, name);
	home = userdb_home();
	return home ? xasprintf("%s/.config/%s", home, name) : NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "process/home.h"

#include "base/alloc.h"
#include "system/fd.h"
#include "system/path.h"
#include "system/userdb.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

/* A FIFO in the place of the file does not make us wait, and a terminal does not become ours. Magic links
 * are refused: descriptors of the host are still open here. */
static int read_passwd(struct str *ret)
{
	autoclose int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	autoclose int fd =
		path_open(root, "/etc/passwd", O_RDONLY | O_NONBLOCK | O_NOCTTY, 0, PATH_IN_ROOT);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return -1;
	return fd_read_rest(fd, HOME_PASSWD_MAX, ret, NULL);
}

static bool has_home(const struct strlist *env)
{
	for (size_t i = 0; i < env->len; i++)
		if (str_starts_with(env->items[i], "HOME="))
			return true;
	return false;
}

char *home_find(const struct strlist *env, uid_t uid)
{
	autostr struct str text = STR_INIT;
	struct userdb_user user;
	char *rest;

	if (has_home(env))
		return NULL;
	if (read_passwd(&text) == 0) {
		rest = text.data;
		while (userdb_next_user(&rest, &user))
			if (user.uid == uid && *user.home)
				return xasprintf("HOME=%s", user.home);
	}
	return xstrdup("HOME=/");
}

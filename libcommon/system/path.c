/* SPDX-License-Identifier: Apache-2.0 */
#include "system/path.h"

#include "base/alloc.h"
#include "base/cleanup.h"
#include "system/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A rename that races with ".." or a symlink makes openat2 give up with EAGAIN. Somebody who
 * renames without end gets an error, not an endless loop. */
#define RESOLVE_TRIES 128

int path_open(int rootfd, const char *path, int flags, mode_t mode, enum path_resolve resolve)
{
	struct open_how how = {
		.flags = (uint64_t)(unsigned)flags | O_CLOEXEC,
		.mode = flags & (O_CREAT | O_TMPFILE) ? mode : 0,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};

	if (resolve != PATH_IN_ROOT)
		how.resolve |= RESOLVE_NO_SYMLINKS;
	if (resolve == PATH_ON_MOUNT)
		how.resolve |= RESOLVE_NO_XDEV;
	for (int i = 0; i < RESOLVE_TRIES; i++) {
		long fd = syscall(SYS_openat2, rootfd, *path ? path : ".", &how, sizeof(how));

		if (fd >= 0 || (errno != EAGAIN && errno != EINTR))
			return (int)fd;
	}
	return -1;
}

char *path_absolute(const char *path, struct error *err)
{
	autofree char *present = NULL;

	if (*path == '/')
		return xstrdup(path);
	present = getcwd(NULL, 0);
	if (!present) {
		error_errno(err, "cannot tell the present directory");
		return NULL;
	}
	return xasprintf("%s/%s", present, path);
}

/* Cut the last component off what was appended behind start. */
static void cut_component(struct str *path, size_t start)
{
	while (path->len > start && path->data[path->len - 1] != '/')
		path->len--;
	if (path->len > start)
		path->len--;
	path->data[path->len] = '\0';
}

char *path_normal(const char *path)
{
	autostr struct str clean = STR_INIT;

	path_clean(path, PATH_DOTDOT_KEPT, &clean);
	return clean.len ? xasprintf("/%s", clean.data) : xstrdup("");
}

bool path_is_below(const char *path, const char *top)
{
	size_t len = strlen(top);

	return strncmp(path, top, len) == 0 && (path[len] == '/' || !path[len]);
}

int path_clean(const char *path, enum path_dotdot dotdot, struct str *ret)
{
	size_t start = ret->len;

	while (*path) {
		size_t len = strcspn(path, "/");
		bool is_dot = len == 1 && path[0] == '.';
		bool is_dotdot = len == 2 && memcmp(path, "..", 2) == 0;

		if (dotdot == PATH_DOTDOT_REFUSED && is_dotdot)
			return -1;
		if (dotdot == PATH_DOTDOT_FOLDED && is_dotdot) {
			if (ret->len > start)
				cut_component(ret, start);
		} else if (len && !is_dot) {
			if (ret->len > start)
				str_append_char(ret, '/');
			str_append_bytes(ret, path, len);
		}
		path += len + (path[len] == '/');
	}
	return 0;
}

const char *path_proc_fd(int fd, char buffer[PATH_PROC_FD_MAX])
{
	snprintf(buffer, PATH_PROC_FD_MAX, "/proc/self/fd/%d", fd);
	return buffer;
}

char *path_of_fd(int fd, struct error *err)
{
	char proc[PATH_PROC_FD_MAX];
	char path[PATH_MAX];
	ssize_t len = readlink(path_proc_fd(fd, proc), path, sizeof(path));

	if (len >= 0 && len < (ssize_t)sizeof(path))
		return xstrndup(path, (size_t)len);
	if (len >= 0)
		errno = ENAMETOOLONG;
	error_errno(err, "cannot tell the path of a file");
	return NULL;
}

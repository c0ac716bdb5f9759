/* SPDX-License-Identifier: Apache-2.0 */
#include "system/path.h"

#include "base/alloc.h"
#include "base/cleanup.h"
#include "system/fd.h"

#include <errno.h>
#include <fcntl.h>
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

	if (resolve == PATH_NO_SYMLINKS)
		how.resolve |= RESOLVE_NO_SYMLINKS;
	for (int i = 0; i < RESOLVE_TRIES; i++) {
		long fd = syscall(SYS_openat2, rootfd, *path ? path : ".", &how, sizeof(how));

		if (fd >= 0 || (errno != EAGAIN && errno != EINTR))
			return (int)fd;
	}
	return -1;
}

int path_open_parent(int rootfd, const char *path, enum path_resolve resolve, const char **ret_name,
		     size_t *ret_name_len)
{
	size_t end = strlen(path);
	size_t start;
	autofree char *parent = NULL;
	int fd;

	while (end && path[end - 1] == '/')
		end--;
	start = end;
	while (start && path[start - 1] != '/')
		start--;
	if (end == start || (end - start == 1 && path[start] == '.') ||
	    (end - start == 2 && memcmp(path + start, "..", 2) == 0)) {
		errno = EINVAL;
		return -1;
	}
	parent = xstrndup(path, start);
	fd = path_open(rootfd, parent, O_PATH | O_DIRECTORY, 0, resolve);
	if (fd < 0)
		return -1;
	*ret_name = path + start;
	*ret_name_len = end - start;
	return fd;
}

/* How path_make_dirs() makes what is missing. */
struct dir_maker {
	mode_t mode;
	path_permission *may_make;
	void *data;
};

/* Open one component below fd in the root; create it when it is missing. */
static int make_component(int rootfd, const char *prefix, const struct dir_maker *maker)
{
	const char *name;
	size_t len;
	autofree char *last = NULL;
	autoclose int parent = -EBADF;
	int fd = path_open(rootfd, prefix, O_PATH | O_DIRECTORY, 0, PATH_IN_ROOT);

	if (fd >= 0 || errno != ENOENT)
		return fd;
	parent = path_open_parent(rootfd, prefix, PATH_IN_ROOT, &name, &len);
	if (parent < 0)
		return -1;
	if (maker->may_make && !maker->may_make(parent, maker->data)) {
		errno = EXDEV;
		return -1;
	}
	last = xstrndup(name, len);
	if (mkdirat(parent, last, maker->mode) < 0 && errno != EEXIST)
		return -1;
	/* Again from the root: what appeared meanwhile may be a symlink. */
	return path_open(rootfd, prefix, O_PATH | O_DIRECTORY, 0, PATH_IN_ROOT);
}

int path_make_dirs(int rootfd, const char *path, mode_t mode, path_permission *may_make, void *data)
{
	const struct dir_maker maker = { mode, may_make, data };
	autofree char *prefix = xstrdup(path);
	autoclose int fd = path_open(rootfd, path, O_PATH | O_DIRECTORY, 0, PATH_IN_ROOT);

	if (fd >= 0 || errno != ENOENT)
		return fd_steal(&fd);
	for (char *p = prefix; *p; p++) {
		char saved;

		if (*p == '/' || (p[1] != '/' && p[1] != '\0'))
			continue;
		/* p is the last byte of a component */
		saved = p[1];
		p[1] = '\0';
		fd_close(&fd);
		fd = make_component(rootfd, prefix, &maker);
		if (fd < 0)
			return -1;
		p[1] = saved;
	}
	return fd_steal(&fd);
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

int path_clean(const char *path, enum path_dotdot dotdot, struct str *ret)
{
	size_t start = ret->len;

	while (*path) {
		size_t len = strcspn(path, "/");
		bool is_dot = len == 1 && path[0] == '.';

		if (dotdot == PATH_DOTDOT_REFUSED && len == 2 && memcmp(path, "..", 2) == 0)
			return -1;
		if (len && !is_dot) {
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

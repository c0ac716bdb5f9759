/* SPDX-License-Identifier: Apache-2.0 */
#include "rootfs/host_view.h"

#include "rootfs/outer_root.h"

#include "base/alloc.h"
#include "system/fd.h"
#include "system/path.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#define MOUNTINFO_MAX (16U << 20) /* bytes */
#define FIELDS_BEFORE_PATH 4

/* A blank, or what the kernel has escaped like one (proc_pid_mountinfo(5)): three octal digits. */
static void unescape(char *path)
{
	char *to = path;

	for (const char *from = path; *from; to++) {
		if (from[0] == '\\' && from[1] && from[2] && from[3]) {
			*to = (char)((from[1] - '0') * 64 + (from[2] - '0') * 8 + (from[3] - '0'));
			from += 4;
		} else {
			*to = *from++;
		}
	}
	*to = '\0';
}

/* The mount point in a line of mountinfo of which is procfs or sysfs; or NULL. */
static char *find_kernel_path(char *line)
{
	const char *type = strstr(line, " - ");

	if (!type || (!str_starts_with(type, " - proc ") && !str_starts_with(type, " - sysfs ")))
		return NULL;
	for (int i = 0; line && i < FIELDS_BEFORE_PATH; i++)
		strsep(&line, " ");
	if (line) {
		line[strcspn(line, " ")] = '\0';
		unescape(line);
	}
	return line;
}

static int hide_path(const char *path, struct error *err)
{
	if (umount2(path, MNT_DETACH) == 0)
		return 0;
	if ((errno == EINVAL || errno == EPERM) &&
	    mount("tmpfs", path, "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC,
		  "size=0k") == 0)
		return 0;
	return error_errno(err, "cannot hide the host's '%s'", path);
}

/* The path of the container's root, as the root directory of this process has it. New, or NULL. */
static char *find_root_path(int self, const struct rootfs *r)
{
	autofree char *link = xasprintf("fd/%d", r->fd);
	char path[PATH_MAX];
	ssize_t len = readlinkat(self, link, path, sizeof(path) - 1);

	return len < 0 ? NULL : xstrndup(path, (size_t)len);
}

/* self: /proc/self, which may be out of sight. */
static int hide_all(int self, const struct rootfs *r, struct error *err)
{
	autofree char *root = find_root_path(self, r);
	autoclose int fd = openat(self, "mountinfo", O_RDONLY | O_CLOEXEC);
	autostr struct str text = STR_INIT;
	char *rest, *line;

	if (fd < 0 || !root)
		return error_errno(err, "cannot find the host's mounts");
	if (fd_read_rest(fd, MOUNTINFO_MAX, &text, err) < 0)
		return error_prefix(err, "'/proc/self/mountinfo'");
	rest = text.data;
	while (rest && (line = strsep(&rest, "\n"))) {
		const char *path = find_kernel_path(line);

		if (path && !path_is_below(path, root) && hide_path(path, err) < 0)
			return -1;
	}
	return 0;
}

int host_view_hide(const struct rootfs *r, struct error *err)
{
	autoclose int self = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct outer_root outer = OUTER_ROOT_INIT;

	if (self < 0)
		return error_errno(err, "cannot open '/proc/self'");
	/* In a chroot some of them are above it. */
	if (fchdir(r->fd) < 0)
		return error_errno(err, "cannot enter the root filesystem");
	if (outer_root_enter(&outer, ".", err) < 0 || outer_root_take(err) < 0 ||
	    hide_all(self, r, err) < 0)
		return -1;
	return outer_root_leave(&outer, err);
}

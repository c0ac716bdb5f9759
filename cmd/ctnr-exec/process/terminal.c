/* SPDX-License-Identifier: Apache-2.0 */
#include "process/terminal.h"

#include "rootfs/device.h"

#include "system/fd.h"
#include "system/path.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

/* Open a pty of the devpts at pts. Returns the slave. */
static int open_pty(int pts, const struct winsize *window, int *ret_master, struct error *err)
{
	autoclose int master = openat(pts, "ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NOFOLLOW);
	autoclose int slave = -EBADF;
	int unlock = 0;

	if (master < 0 || ioctl(master, TIOCSPTLCK, &unlock) < 0)
		return error_errno(err, "cannot open a terminal");
	slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (slave < 0)
		return error_errno(err, "cannot open the terminal's other end");
	if (window->ws_row && ioctl(master, TIOCSWINSZ, window) < 0)
		return error_errno(err, "cannot set the size of the terminal");
	*ret_master = fd_steal(&master);
	return fd_steal(&slave);
}

/* devpts at /dev/pts must be a mount of ours: the image's directory may hold anything. */
static int check_devpts(int pts, struct error *err)
{
	struct statfs fs;

	if (pts < 0 || fstatfs(pts, &fs) < 0 || fs.f_type != DEVPTS_SUPER_MAGIC)
		return error_set(err, ERROR_FAILED,
				 "a terminal needs a devpts mount at '/dev/pts'");
	return 0;
}

static int bind_console(struct rootfs *r, int pts, int master, struct error *err)
{
	autoclose int fd = -EBADF;
	unsigned number;
	char name[16];

	if (ioctl(master, TIOCGPTN, &number) < 0)
		return error_errno(err, "cannot name the terminal");
	snprintf(name, sizeof(name), "%u", number);
	fd = open_tree(pts, name, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_SYMLINK_NOFOLLOW);
	if (fd < 0)
		return error_errno(err, "cannot bind the terminal to '/dev/console'");
	return device_bind_console(r, fd, err);
}

int terminal_give(int slave, uid_t owner, struct error *err)
{
	if (owner != 0 && fchown(slave, owner, (gid_t)-1) < 0)
		return error_errno(err, "cannot give the terminal to user %u", owner);
	return 0;
}

int terminal_open(struct rootfs *r, const struct winsize *window, uid_t owner, int *ret_master,
		  struct error *err)
{
	autoclose int pts = rootfs_open(r, "/dev/pts", O_PATH | O_DIRECTORY);
	autoclose int master = -EBADF;
	autoclose int slave = -EBADF;

	if (check_devpts(pts, err) < 0)
		return -1;
	slave = open_pty(pts, window, &master, err);
	if (slave < 0 || terminal_give(slave, owner, err) < 0 ||
	    bind_console(r, pts, master, err) < 0)
		return -1;
	*ret_master = fd_steal(&master);
	return fd_steal(&slave);
}

int terminal_open_at(int root, const struct winsize *window, int *ret_master, struct error *err)
{
	autoclose int pts = path_open(root, "/dev/pts", O_PATH | O_DIRECTORY, 0, PATH_IN_ROOT);

	if (check_devpts(pts, err) < 0)
		return -1;
	return open_pty(pts, window, ret_master, err);
}

int terminal_take(int slave, struct error *err)
{
	if (ioctl(slave, TIOCSCTTY, 0) < 0)
		return error_errno(err, "cannot take the terminal");
	for (int fd = 0; fd <= 2; fd++)
		if (dup2(slave, fd) < 0)
			return error_errno(err, "cannot use the terminal as fd %d", fd);
	return 0;
}

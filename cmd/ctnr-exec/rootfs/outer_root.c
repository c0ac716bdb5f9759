/* SPDX-License-Identifier: Apache-2.0 */
#include "rootfs/outer_root.h"

#include "system/fd.h"

#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* Follow ".." until it leads nowhere. */
static int climb(void)
{
	struct stat here, above;

	if (stat(".", &here) < 0)
		return -1;
	for (;;) {
		if (chdir("..") < 0 || stat(".", &above) < 0)
			return -1;
		if (is_same(&here, &above))
			return 0;
		here = above;
	}
}

int outer_root_enter(struct outer_root *ret, const char *below, struct error *err)
{
	ret->root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	ret->cwd = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (ret->root < 0 || ret->cwd < 0 || chroot(below) < 0 || fchdir(ret->root) < 0 ||
	    climb() < 0)
		return error_errno(err, "cannot leave the chroot that this process is in");
	return 0;
}

int outer_root_take(struct error *err)
{
	return chroot(".") < 0 ? error_errno(err, "cannot leave the chroot that this process is in")
			       : 0;
}

int outer_root_leave(struct outer_root *outer, struct error *err)
{
	if (fchdir(outer->root) < 0 || chroot(".") < 0 || fchdir(outer->cwd) < 0)
		return error_errno(err, "cannot go back to the chroot that this process is in");
	fd_close(&outer->root);
	fd_close(&outer->cwd);
	return 0;
}

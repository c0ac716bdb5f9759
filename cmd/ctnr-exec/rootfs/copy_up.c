/* SPDX-License-Identifier: Apache-2.0 */
#include "rootfs/copy_up.h"

#include "base/alloc.h"
#include "layer/tree_copy.h"
#include "system/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool has_option(const struct mount_config *mount, const char *prefix)
{
	for (size_t i = 0; i < mount->options.data.len; i++)
		if (str_starts_with(mount->options.data.items[i], prefix))
			return true;
	return false;
}

/* What the options say of the root of the tmpfs, which is st, goes before what was copied. */
static int restore_options(int root, const struct mount_config *mount, const struct stat *st,
			   struct error *err)
{
	uid_t uid = has_option(mount, "uid=") ? st->st_uid : (uid_t)-1;
	gid_t gid = has_option(mount, "gid=") ? st->st_gid : (gid_t)-1;

	if (fchown(root, uid, gid) < 0 ||
	    (has_option(mount, "mode=") && fchmod(root, st->st_mode & 07777) < 0))
		return error_errno(err, "cannot set owner and mode");
	return 0;
}

/* A name that the source does not have, for a directory of links beside the copy. */
static void choose_name(int source, char *name, size_t size)
{
	unsigned number = 0;

	do
		snprintf(name, size, ".links.%u", number++);
	while (faccessat(source, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0);
}

/* source is taken. */
static int copy_tree(const struct container *c, int source, int root, struct error *err)
{
	const struct copy_rules rules = {
		.owner = c->namespaces.userns == USERNS_SELF ? COPY_NO_OWNER : COPY_OWNER,
		.device = COPY_NO_DEVICE,
		.route = XATTR_PLAIN_TO_PLAIN,
		.refusal = XATTR_MAY_BE_REFUSED,
	};
	autostack struct stack stack = STACK_INIT;
	struct tree_copy copy = { .rules = &rules, .target = root, .path = "" };
	autoclose int links = -EBADF;
	char name[32];

	choose_name(source, name, sizeof(name));
	stack_push(&stack, source);
	if (mkdirat(root, name, 0700) < 0)
		return error_errno(err, "cannot create a directory");
	links = openat(root, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (links < 0)
		return error_errno(err, "cannot open a directory");
	copy.links = links;
	if (tree_copy(&copy, &stack, err) < 0)
		return -1;
	if (unlinkat(root, name, AT_REMOVEDIR) < 0)
		return error_errno(err, "cannot remove a directory");
	return 0;
}

int copy_up(const struct container *c, struct rootfs *r, int tmpfs,
	    const struct mount_config *mount, struct error *err)
{
	int source = rootfs_open(r, mount->destination, O_RDONLY | O_DIRECTORY);
	autoclose int root = -EBADF;
	struct stat st;

	if (source < 0)
		return errno == ENOENT ? 0 : error_errno(err, "cannot open what is to be copied");
	root = openat(tmpfs, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (root < 0 || fstat(root, &st) < 0) {
		fd_close(&source);
		return error_errno(err, "cannot open the tmpfs");
	}
	if (copy_tree(c, source, root, err) < 0)
		return error_prefix(err, "cannot copy what is there");
	return restore_options(root, mount, &st, err);
}

/* Make the link unless it is there. In what is bound from elsewhere nothing is made. */
static int make_link(struct rootfs *r, int dir, const char *name, const char *text,
		     struct error *err)
{
	char present[PATH_MAX];
	ssize_t len = readlinkat(dir, name, present, sizeof(present));

	if (len < 0 && errno == ENOENT && rootfs_is_own(r, dir))
		return symlinkat(text, dir, name) < 0
			       ? error_errno(err, "cannot create the symlink")
			       : 0;
	if (len == (ssize_t)strlen(text) && memcmp(present, text, (size_t)len) == 0)
		return 0;
	if (len < 0 && errno == ENOENT)
		return error_set(err, ERROR_FAILED, "no symlink is made in what is bound there");
	return error_set(err, ERROR_FAILED, "something else than that symlink is there");
}

int copy_symlink(struct rootfs *r, const struct mount_config *mount, struct error *err)
{
	autofree char *path = path_normal(mount->destination);
	char *slash = strrchr(path, '/');
	autoclose int dir = -EBADF;
	char text[PATH_MAX];
	ssize_t len = readlinkat(r->bundle, mount->source, text, sizeof(text) - 1);

	if (len < 0)
		return 0;
	text[len] = '\0';
	if (strcmp(slash + 1, "..") == 0)
		return error_set(err, ERROR_FAILED, "it is no path of a symlink");
	*slash = '\0';
	dir = rootfs_make(r, path, PATH_DIRECTORY, ROOTFS_FOR_DEVICE, NULL);
	if (dir < 0)
		return error_errno(err, "cannot create the directory of the symlink");
	return make_link(r, dir, slash + 1, text, err) < 0 ? -1 : 1;
}

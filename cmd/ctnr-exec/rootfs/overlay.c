/* SPDX-License-Identifier: Apache-2.0 */
#include "rootfs/overlay.h"

#include "base/alloc.h"
#include "base/str.h"
#include "store/bundle_stack.h"
#include "system/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

/* Only this user may write to the bundle: its links name the layers that are mounted. */
static int check_owner(const struct container *c, struct error *err)
{
	struct stat st;

	if (fstat(c->bundle.dirfd, &st) < 0)
		return error_errno(err, "cannot read %s '%s'", bundle_word(), c->bundle.path);
	if (st.st_uid != geteuid())
		return error_set(err, ERROR_FAILED, "%s '%s' belongs to another user",
				 bundle_word(), c->bundle.path);
	if (st.st_mode & 022)
		return error_set(err, ERROR_FAILED, "%s '%s' can be changed by other users",
				 bundle_word(), c->bundle.path);
	return 0;
}

/* A layer is a symlink of ours; that of an image without layers is a directory of the bundle. */
static bool is_layer(const struct stat *st, size_t index)
{
	return st->st_uid == geteuid() &&
	       (S_ISLNK(st->st_mode) || (index == 0 && S_ISDIR(st->st_mode)));
}

static int append_layers(const struct container *c, int lower, struct str *options,
			 struct error *err)
{
	char name[BUNDLE_STACK_NAME_MAX];
	struct stat st;
	size_t i = 0;
	int found;

	for (; (found = bundle_stack_layer(lower, i, name, &st, err)) > 0; i++) {
		if (!is_layer(&st, i))
			return error_set(err, ERROR_FAILED, "'%s/lower/%s' is no layer of ours",
					 c->bundle.path, name);
		if (i == OVERLAY_LAYERS_MAX)
			return error_set(err, ERROR_FAILED, "more than %d layers",
					 OVERLAY_LAYERS_MAX);
		str_appendf(options, "%s%s", i ? ":" : "lowerdir=", name);
	}
	if (found < 0)
		return error_prefix(err, "%s '%s'", bundle_word(), c->bundle.path);
	return i ? 0 : error_set(err, ERROR_FAILED, "'%s/lower' holds no layers", c->bundle.path);
}

static int check_root_path(const char *path, struct error *err)
{
	if (path[0] == '/' || strstr(path, ".."))
		return error_set(err, ERROR_FAILED,
				 "config.json: root.path: '%s' is not in the bundle", path);
	return 0;
}

int overlay_prepare(struct container *c, struct error *err)
{
	autoclose int lower =
		openat(c->bundle.dirfd, "lower", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	autostr struct str options = STR_INIT;

	if (lower < 0 && errno == ENOENT)
		return 0;
	if (lower < 0)
		return error_errno(err, "cannot open '%s/lower'", c->bundle.path);
	if (check_root_path(c->config.root_path, err) < 0 || check_owner(c, err) < 0 ||
	    append_layers(c, lower, &options, err) < 0)
		return -1;
	/* What is removed at the end need not reach the disk; but an fsync in a bundle that stays
	 * must mean what it says. */
	str_appendf(&options, ",upperdir=../upper,workdir=../work,userxattr%s",
		    c->remove ? ",volatile" : "");
	c->overlay_options = str_steal(&options);
	return 0;
}

/* Mount the overlay in lower/, the working directory. A layer may be missing that a collector, which was
 * killed, has moved aside. */
static int mount_layers(const char *options, const char *path, unsigned long attributes)
{
	if (mount("overlay", path, "overlay", attributes, options) == 0)
		return 0;
	if (errno != ENOENT || !bundle_stack_take_back(AT_FDCWD))
		return -1;
	return mount("overlay", path, "overlay", attributes, options);
}

int overlay_mount(const struct container *c, const char *target, unsigned long attributes,
		  struct error *err)
{
	autofree char *path = xasprintf("../%s", target);
	int bundle = c->bundle.dirfd;

	/* A killed run with --rm leaves the mark of a volatile overlay, which the kernel refuses to
	 * mount again. What that run had not written to the disk is lost only with the machine. */
	if (unlinkat(bundle, "work/work/incompat/volatile", AT_REMOVEDIR) == 0)
		unlinkat(bundle, "work/work/incompat", AT_REMOVEDIR);
	if (chdir("lower") < 0)
		return error_errno(err, "cannot enter '%s/lower'", c->bundle.path);
	if (mount_layers(c->overlay_options, path, attributes) < 0) {
		error_errno(err, "cannot mount the overlay of %s '%s'", bundle_word(),
			    c->bundle.path);
		if (error_errno_is(err, ENOENT))
			return error_hint(err,
					  "'ctnr check --repair' unpacks layers that are gone");
		return error_hint(err, "a bundle that is made with --driver copy needs no overlay");
	}
	if (chdir("..") < 0)
		return error_errno(err, "cannot enter %s '%s'", bundle_word(), c->bundle.path);
	return 0;
}

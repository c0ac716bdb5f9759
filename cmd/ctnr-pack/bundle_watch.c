/* SPDX-License-Identifier: Apache-2.0 */
#include "bundle_watch.h"

#include <fcntl.h>

static const char *tree_name(const struct bundle *bundle)
{
	return bundle->driver == BUNDLE_OVERLAY ? "upper" : "rootfs";
}

static int look_at_tree(const struct bundle *bundle, struct stat *ret, struct error *err)
{
	if (fstatat(bundle->dirfd, tree_name(bundle), ret, AT_SYMLINK_NOFOLLOW) < 0)
		return error_errno(err, "%s '%s': cannot look at '%s'", bundle_word(), bundle->id,
				   tree_name(bundle));
	return 0;
}

/* Does the bundle's own record still name the image that we took it for? One that cannot be read says nothing. */
static bool has_same_image(const struct bundle *bundle)
{
	autobundle struct bundle now = BUNDLE_INIT;

	if (bundle_open_damaged(NULL, bundle->path, &now, NULL) < 0 || !now.image.layout)
		return true;
	return digest_equal(&now.image.descriptor.digest, &bundle->image.descriptor.digest);
}

int bundle_watch_begin(const struct bundle *bundle, struct bundle_watch *ret, struct error *err)
{
	ret->bundle = bundle;
	if (fstat(bundle->dirfd, &ret->directory) < 0)
		return error_errno(err, "%s '%s'", bundle_word(), bundle->id);
	if (look_at_tree(bundle, &ret->tree, err) < 0)
		return -1;
	/* A symlink would make an image of what is somewhere else. */
	if (!S_ISDIR(ret->tree.st_mode))
		return error_set(err, ERROR_FAILED, "%s '%s': '%s' is no directory", bundle_word(),
				 bundle->id, tree_name(bundle));
	if (has_same_image(bundle))
		return 0;
	return error_set(err, ERROR_FAILED, "%s '%s' is of another image by now", bundle_word(),
			 bundle->id);
}

static bool is_same_file(const struct stat *one, const struct stat *other)
{
	return one->st_dev == other->st_dev && one->st_ino == other->st_ino;
}

int bundle_watch_check(const struct bundle_watch *watch, struct error *err)
{
	const struct bundle *bundle = watch->bundle;
	struct stat now;

	if (stat(bundle->path, &now) == 0 && is_same_file(&now, &watch->directory) &&
	    look_at_tree(bundle, &now, NULL) == 0 && is_same_file(&now, &watch->tree) &&
	    has_same_image(bundle))
		return 0;
	return error_set(err, ERROR_TEMPORARY, "%s '%s' was removed or replaced meanwhile",
			 bundle_word(), bundle->id);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "rootfs.h"

#include "namespace.h"

#include "base/alloc.h"
#include "store/layer.h"
#include "system/fd.h"
#include "system/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#define XATTRS_MAX 4096 /* bytes of the names of a root directory's attributes */

static int make_dirs(const struct bundle *bundle, const char *const *names, struct error *err)
{
	for (; *names; names++)
		if (mkdirat(bundle->dirfd, *names, 0755) < 0 && errno != EEXIST)
			return error_errno(err, "cannot create '%s/%s'", bundle->path, *names);
	return 0;
}

/* All attributes but the overlay's own and what a security module keeps. */
static int copy_xattrs(int from, int to, struct error *err)
{
	char names[XATTRS_MAX];
	ssize_t size = flistxattr(from, names, sizeof(names));

	if (size < 0)
		return errno == ENOTSUP ? 0 : error_errno(err, "cannot list extended attributes");
	for (const char *name = names; name < names + size; name += strlen(name) + 1) {
		char value[XATTR_SIZE_MAX];
		ssize_t len;

		if (str_starts_with(name, "user.overlay.") || str_starts_with(name, "security."))
			continue;
		len = fgetxattr(from, name, value, sizeof(value));
		if (len < 0 || fsetxattr(to, name, value, (size_t)len, 0) < 0)
			return error_errno(err, "cannot copy extended attribute '%s'", name);
	}
	return 0;
}

/* Give upper/ the owner, mode, attributes and time of the top layer's root. */
static int set_upper(void *data, struct error *err)
{
	const struct bundle *bundle = data;
	autoclose int top = dir_open_at(bundle->dirfd, "lower/0", err);
	autoclose int upper = top < 0 ? -EBADF : dir_open_at(bundle->dirfd, "upper", err);
	struct timespec times[2];
	struct stat st;

	if (upper < 0)
		return -1;
	if (fstat(top, &st) < 0)
		return error_errno(err, "cannot stat the top layer");
	times[0] = times[1] = st.st_mtim;
	if (copy_xattrs(top, upper, err) < 0)
		return -1;
	if ((st.st_uid != geteuid() || st.st_gid != getegid()) &&
	    fchown(upper, st.st_uid, st.st_gid) < 0)
		return error_errno(err, "cannot set the owner of upper/");
	if (fchmod(upper, st.st_mode & 07777) < 0 || futimens(upper, times) < 0)
		return error_errno(err, "cannot set mode and time of upper/");
	return 0;
}

/* The root of the merged tree is upper/. When its owner is 0:0, which is us, no namespace is
 * needed. */
static int make_upper(const struct bundle *bundle, const struct identity *identity,
		      struct error *err)
{
	struct stat st;

	if (mkdirat(bundle->dirfd, "upper", 0755) < 0)
		return error_errno(err, "cannot create '%s/upper'", bundle->path);
	if (fstatat(bundle->dirfd, "lower/0", &st, 0) < 0)
		return error_errno(err, "cannot stat the top layer");
	if (st.st_uid == geteuid() && st.st_gid == getegid() && (st.st_mode & S_IRUSR))
		return set_upper((void *)bundle, err);
	return namespace_run(identity, set_upper, (void *)bundle, err);
}

/* An overlay needs a directory below: an image without layers gets an empty one. */
static int make_empty_lower(const struct bundle *bundle, struct error *err)
{
	if (mkdirat(bundle->dirfd, "lower/0", 0755) < 0 && errno != EEXIST)
		return error_errno(err, "cannot create '%s/lower/0'", bundle->path);
	return 0;
}

static int make_lower(const struct bundle *bundle, const struct store *store, const char *idmap,
		      const struct digest *layers, size_t n_layers, struct error *err)
{
	for (size_t i = 0; i < n_layers; i++) {
		autofree char *path = layer_path(idmap, &layers[n_layers - 1 - i]);
		autofree char *target = xasprintf("%s/%s/diff", store->path, path);
		char name[32];

		snprintf(name, sizeof(name), "lower/%zu", i);
		if (symlinkat(target, bundle->dirfd, name) < 0 && errno != EEXIST)
			return error_errno(err, "cannot create '%s/%s'", bundle->path, name);
	}
	return n_layers ? 0 : make_empty_lower(bundle, err);
}

int rootfs_make_overlay(const struct bundle *bundle, const struct store *store,
			const struct identity *identity, const struct digest *layers,
			size_t n_layers, struct error *err)
{
	static const char *const names[] = { "rootfs", "etc", "work", "lower", NULL };
	char idmap[IDMAP_NAME_MAX];

	identity_idmap_name(identity, idmap);
	if (make_dirs(bundle, names, err) < 0 ||
	    make_lower(bundle, store, idmap, layers, n_layers, err) < 0)
		return -1;
	return make_upper(bundle, identity, err);
}

int rootfs_make_copy(const struct bundle *bundle, struct error *err)
{
	static const char *const names[] = { "etc", NULL };

	return make_dirs(bundle, names, err);
}

bool rootfs_is_complete(const struct bundle *bundle)
{
	/* The last thing that is made, by either. */
	const char *last = bundle->driver == BUNDLE_OVERLAY ? "upper" : "rootfs";

	return faccessat(bundle->dirfd, "record.json", F_OK, 0) == 0 &&
	       faccessat(bundle->dirfd, last, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static int remove_files(void *data, struct error *err)
{
	static const char *const names[] = { "upper",  "work",        "lower",
					     "rootfs", "rootfs.part", "owners" };
	const struct bundle *bundle = data;

	for (size_t i = 0; i < array_size(names); i++)
		if (tree_remove_at(bundle->dirfd, names[i], err) < 0)
			return error_prefix(err, "cannot remove '%s/%s'", bundle->path, names[i]);
	return 0;
}

int rootfs_remove(const struct bundle *bundle, const struct identity *identity, struct error *err)
{
	if (unlinkat(bundle->dirfd, "record.json", 0) < 0 && errno != ENOENT)
		return error_errno(err, "cannot remove '%s/record.json'", bundle->path);
	return namespace_run(identity, remove_files, (void *)bundle, err);
}

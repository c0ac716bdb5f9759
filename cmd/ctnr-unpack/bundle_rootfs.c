/* SPDX-License-Identifier: Apache-2.0 */
#include "bundle_rootfs.h"

#include "layer/copy.h"
#include "store/bundle_stack.h"
#include "system/fd.h"
#include "system/sync.h"
#include "system/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static int make_dirs(const struct bundle *bundle, const char *const *names, struct error *err)
{
	for (; *names; names++)
		if (mkdirat(bundle->dirfd, *names, 0755) < 0 && errno != EEXIST)
			return error_errno(err, "cannot create '%s/%s'", bundle->path, *names);
	return 0;
}

/* Give upper/ the owner, mode, attributes and time of the top layer's root. */
static int set_upper(void *data, struct error *err)
{
	static const struct copy_rules rules = {
		.owner = COPY_OWNER,
		.route = XATTR_LAYER_TO_LAYER,
		.refusal = XATTR_MUST_BE_SET,
	};
	const struct bundle *bundle = data;
	autoclose int top = dir_open_at(bundle->dirfd, BUNDLE_STACK_TOP, err);
	autoclose int upper = top < 0 ? -EBADF : dir_open_at(bundle->dirfd, "upper", err);
	struct stat st;

	if (upper < 0)
		return -1;
	if (fstat(top, &st) < 0)
		return error_errno(err, "cannot stat the top layer");
	if (copy_metadata_and_time(&rules, top, upper, &st, err) < 0)
		return error_prefix(err, "upper/");
	return 0;
}

/* The root directory of the container is upper/. No namespace is needed when its owner is to be
 * 0:0, which we are. */
static int make_upper(const struct bundle *bundle, const struct identity *identity,
		      struct error *err)
{
	struct stat st;

	if (mkdirat(bundle->dirfd, "upper", 0755) < 0)
		return error_errno(err, "cannot create '%s/upper'", bundle->path);
	if (fstatat(bundle->dirfd, BUNDLE_STACK_TOP, &st, 0) < 0)
		return error_errno(err, "cannot stat the top layer");
	if (st.st_uid == geteuid() && st.st_gid == getegid() && (st.st_mode & S_IRUSR))
		return set_upper((void *)bundle, err);
	return identity_run(identity, set_upper, (void *)bundle, err);
}

int bundle_rootfs_make_overlay(const struct bundle *bundle, const struct store *store,
			       const struct identity *identity, const struct digest *layers,
			       size_t n_layers, struct error *err)
{
	static const char *const names[] = { "rootfs", "etc", "work", NULL };
	char idmap[IDMAP_NAME_MAX];

	identity_idmap_name(identity, idmap);
	if (make_dirs(bundle, names, err) < 0 ||
	    bundle_stack_write(bundle, store, idmap, layers, n_layers, err) < 0)
		return -1;
	return make_upper(bundle, identity, err);
}

int bundle_rootfs_repair_overlay(const struct bundle *bundle, const struct store *store,
				 const struct identity *identity, const struct digest *layers,
				 size_t n_layers, struct error *err)
{
	char idmap[IDMAP_NAME_MAX];

	if (bundle_stack_check(bundle, NULL) == 0)
		return 0;
	identity_idmap_name(identity, idmap);
	return bundle_stack_write(bundle, store, idmap, layers, n_layers, err);
}

int bundle_rootfs_make_copy(const struct bundle *bundle, struct error *err)
{
	static const char *const names[] = { "etc", NULL };

	return make_dirs(bundle, names, err);
}

bool bundle_rootfs_is_complete(const struct bundle *bundle)
{
	/* What is made last, with either driver. */
	const char *last = bundle->driver == BUNDLE_OVERLAY ? "upper" : "rootfs";

	return faccessat(bundle->dirfd, "record.json", F_OK, 0) == 0 &&
	       faccessat(bundle->dirfd, last, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* All that making a bundle and running it makes, but the record. */
static const char *const files[] = { "upper", "work", "lower", "rootfs", BUNDLE_ROOTFS_PART,
				     "owners" };

int bundle_rootfs_check_ours(const struct bundle *bundle, const struct store *store,
			     struct error *err)
{
	if (faccessat(bundle->dirfd, "record.json", F_OK, AT_SYMLINK_NOFOLLOW) == 0 ||
	    bundle_check_registered(store, bundle, NULL) == 0)
		return 0;
	for (size_t i = 0; i < array_size(files); i++) {
		if (faccessat(bundle->dirfd, files[i], F_OK, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		error_set(err, ERROR_FAILED, "'%s' is no bundle, and has a '%s' of its own",
			  bundle->path, files[i]);
		return error_hint(err, "it would be deleted: choose another directory");
	}
	return 0;
}

static int remove_files(void *data, struct error *err)
{
	const struct bundle *bundle = data;

	for (size_t i = 0; i < array_size(files); i++)
		if (tree_remove_at(bundle->dirfd, files[i], err) < 0)
			return error_prefix(err, "cannot remove '%s/%s'", bundle->path, files[i]);
	return 0;
}

int bundle_rootfs_remove(const struct bundle *bundle, const struct identity *identity,
			 enum file_sync sync, struct error *err)
{
	if (unlinkat(bundle->dirfd, "record.json", 0) < 0 && errno != ENOENT)
		return error_errno(err, "cannot remove '%s/record.json'", bundle->path);
	if (sync == FILE_SYNC && sync_folder(bundle->dirfd) < 0)
		return error_errno(err, "cannot sync '%s'", bundle->path);
	/* There may be files of ctnr-spec in it, which are kept. */
	unlinkat(bundle->dirfd, "etc", AT_REMOVEDIR);
	return identity_run(identity, remove_files, (void *)bundle, err);
}

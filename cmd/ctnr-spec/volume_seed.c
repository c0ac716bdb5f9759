/* SPDX-License-Identifier: Apache-2.0 */
#include "volume_seed.h"

#include "base/alloc.h"
#include "layer/tree_copy.h"
#include "store/volume_file.h"
#include "system/fd.h"
#include "system/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Make an empty directory in place of what a killed child left. Returns its descriptor. */
static int make_directory_anew(int dirfd, const char *name, struct error *err)
{
	if (tree_remove_at(dirfd, name, err) < 0 || dir_make_at(dirfd, name, 0700, err) < 0)
		return -1;
	return dir_open_at(dirfd, name, err);
}

/* A root of several directories is an overlay's; a plain one is one directory. */
static int copy_directory(const struct volume_seed *seed, struct stack *source, const char *path,
			  int target, int links, struct error *err)
{
	const struct copy_rules rules = {
		.owner = identity_has_one_id(seed->identity) ? COPY_NO_OWNER : COPY_OWNER,
		.device = COPY_NO_DEVICE,
		.route = seed->root->n_dirfds > 1 ? XATTR_LAYER_TO_PLAIN : XATTR_PLAIN_TO_PLAIN,
		.refusal = XATTR_MAY_BE_REFUSED,
	};
	autoownersstack struct owners_stack owners =
		OWNERS_STACK_INIT(seed->root->dirfds, seed->root->n_dirfds);
	autofree char *owners_file = volume_file_name(VOLUME_FILE_OWNERS, seed->name);
	autostr struct str lines = STR_INIT;
	const struct tree_copy copy = {
		.rules = &rules,
		.target = target,
		.links = links,
		.owners = seed->has_owners ? &owners : NULL,
		.path = path,
		.ret_owners = &lines,
	};

	if (tree_copy(&copy, source, err) < 0)
		return -1;
	return lines.len ? file_write_locked_at(seed->volumes, owners_file, lines.data, lines.len,
						0600, FILE_NO_SYNC, err)
			 : 0;
}

/* In the user namespace. */
static int seed_inside(void *data, struct error *err)
{
	const struct volume_seed *seed = data;
	autofree char *part = volume_file_name(VOLUME_FILE_PART, seed->name);
	autofree char *owners = volume_file_name(VOLUME_FILE_OWNERS, seed->name);
	autofree char *links = volume_file_name(VOLUME_FILE_LINKS, seed->name);
	autostack struct stack parent = STACK_INIT;
	autostackentry struct stack_entry entry = STACK_ENTRY_INIT;
	autostr struct str path = STR_INIT;
	autoclose int target = -EBADF;
	autoclose int linkfd = -EBADF;

	if (stack_resolve(seed->root, seed->place, &parent, &entry, &path, err) < 0)
		return -1;
	stack_release(&parent);
	if (tree_remove_at(seed->volumes, owners, err) < 0)
		return -1;
	target = make_directory_anew(seed->volumes, part, err);
	if (target < 0)
		return -1;
	if (entry.kind != STACK_DIRECTORY)
		return fchmod(target, 0755) < 0 ? error_errno(err, "cannot change the mode") : 0;
	linkfd = make_directory_anew(seed->volumes, links, err);
	if (linkfd < 0 || copy_directory(seed, &entry.dir, path.data, target, linkfd, err) < 0)
		return -1;
	return tree_remove_at(seed->volumes, links, err);
}

int volume_seed(const struct volume_seed *seed, struct error *err)
{
	return identity_run(seed->identity, seed_inside, (void *)(uintptr_t)seed, err);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each kind is removed under what its makers hold: they look again when they get the lock, so that one
 * who waits for it makes its part anew.
 */
#include "base/alloc.h"
#include "store/bundle.h"
#include "store/leftover.h"
#include "store/reclaim.h"
#include "store/trash.h"
#include "store/volume_file.h"
#include "system/fd.h"
#include "system/lock.h"
#include "system/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* Where a leftover is. */
struct leftover_place {
	int dirfd; /* its directory */
	const char *name; /* within the leftover's path */
};

static int open_place(const struct store *store, const struct leftover *leftover,
		      struct leftover_place *ret, struct error *err)
{
	const char *slash = strrchr(leftover->path, '/');
	autofree char *parent = xstrndup(leftover->path, (size_t)(slash - leftover->path));
	const int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
	/* See is_link() in leftover.c. */
	int fd = openat(store->dirfd, parent,
			leftover->kind == LEFTOVER_TRASH ? flags | O_NOFOLLOW : flags);

	if (fd < 0)
		return errno == ENOENT ? 0 : error_errno(err, "cannot open directory '%s'", parent);
	*ret = (struct leftover_place) { fd, slash + 1 };
	return 1;
}

/* Open what may be locked: a file for writing where that is possible, because some filesystems lock nothing
 * else. */
static int open_part(const struct leftover_place *place)
{
	const int flags = O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	int fd = openat(place->dirfd, place->name, O_RDWR | flags);

	if (fd < 0 && (errno == EISDIR || errno == EACCES || errno == EROFS))
		fd = openat(place->dirfd, place->name, O_RDONLY | flags);
	return fd;
}

/* Lock a part that its maker would have locked. Returns 1, or 0 when somebody has it or it is gone, or -1; the
 * caller releases ret. */
static int lock_part(const struct leftover_place *place, struct lock_file *ret, struct error *err)
{
	autoclose int fd = open_part(place);
	int taken;

	if (fd < 0)
		return errno == ENOENT ? 0 : error_errno(err, "cannot open '%s'", place->name);
	taken = lock_file_try(fd, place->dirfd, place->name, ret, err);
	if (taken <= 0)
		return taken;
	ret->fd = fd_steal(&fd);
	return lock_is_named(ret->fd, place->dirfd, place->name);
}

/* What a lock that was not got means: somebody has it, or there is nothing to lock, or that cannot be
 * known. */
static int cannot_lock(const struct leftover *leftover, struct error *err)
{
	if (errno == EWOULDBLOCK || errno == ENOENT)
		return 0;
	return error_errno(err, "cannot lock '%s'", leftover->path);
}

/* Move a tree away, unlock, then delete it. Where it cannot be moved it is deleted under the lock. */
static int discard_tree(const struct store *store, const struct leftover_place *place, int *lock,
			struct error *err)
{
	autofree char *trash = trash_move(store, place->dirfd, place->name, NULL);

	if (!trash)
		return tree_remove_at(place->dirfd, place->name, err) < 0 ? -1 : 1;
	fd_close(lock);
	return trash_delete(store, trash, err) < 0 ? -1 : 1;
}

static int unlink_file(const struct leftover *leftover, const struct leftover_place *place,
		       struct error *err)
{
	if (unlinkat(place->dirfd, place->name, 0) == 0)
		return 1;
	return errno == ENOENT ? 0 : error_errno(err, "cannot remove '%s'", leftover->path);
}

static int remove_trash(const struct leftover *leftover, const struct leftover_place *place,
			struct error *err)
{
	if (!trash_is_abandoned(place->name, NULL))
		return 0;
	if (tree_remove_at(place->dirfd, place->name, err) < 0)
		return error_prefix(err, "'%s'", leftover->path);
	return 1;
}

static int remove_rootfs(const struct store *store, const struct leftover *leftover,
			 const struct leftover_place *place, struct error *err)
{
	/* Another description: closing it unlocks, and the place stays open. */
	autoclose int lock = dir_open_at(place->dirfd, ".", err);

	if (lock < 0)
		return -1;
	if (lock_fd(lock, LOCK_EXCLUSIVE, LOCK_TRY) < 0)
		return cannot_lock(leftover, err);
	if (faccessat(place->dirfd, place->name, F_OK, AT_SYMLINK_NOFOLLOW) < 0)
		return 0;
	return discard_tree(store, place, &lock, err);
}

static int remove_layer(const struct store *store, const struct leftover *leftover,
			const struct leftover_place *place, struct error *err)
{
	autolockfile struct lock_file lock = LOCK_FILE_INIT;
	int taken = lock_part(place, &lock, err);

	if (taken <= 0)
		return taken < 0 ? error_prefix(err, "'%s'", leftover->path) : 0;
	return discard_tree(store, place, &lock.fd, err);
}

static int remove_blob(const struct leftover *leftover, const struct leftover_place *place,
		       struct error *err)
{
	autolockfile struct lock_file lock = LOCK_FILE_INIT;
	int taken = lock_part(place, &lock, err);

	if (taken <= 0)
		return taken < 0 ? error_prefix(err, "'%s'", leftover->path) : 0;
	return unlink_file(leftover, place, err);
}

/* All that is beside a volume which is not being made, its lock last. */
static int remove_volume_files(const struct store *store, const struct leftover *leftover,
			       const struct leftover_place *place, struct error *err)
{
	enum volume_file file;
	autofree char *volume = volume_file_parse(place->name, &file);
	autofree char *lock_name = volume ? volume_file_name(VOLUME_FILE_LOCK, volume) : NULL;
	const struct leftover_place lock_place = { place->dirfd, lock_name };
	autolockfile struct lock_file lock = LOCK_FILE_INIT;
	int taken = lock_name ? lock_part(&lock_place, &lock, err) : 0;
	bool is_made;

	if (taken <= 0)
		return taken < 0 ? error_prefix(err, "'%s'", leftover->path) : 0;
	is_made = faccessat(place->dirfd, volume, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
	for (int i = 0; i < VOLUME_FILE_MAX; i++) {
		autofree char *name = volume_file_name((enum volume_file)i, volume);

		if (i == VOLUME_FILE_LOCK || (i == VOLUME_FILE_OWNERS && is_made) ||
		    faccessat(place->dirfd, name, F_OK, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		if (trash_discard(store, place->dirfd, name, FILE_NO_SYNC, err) < 0)
			return -1;
	}
	return unlink_file(leftover, &lock_place, err);
}

static int remove_file(const struct leftover *leftover, const struct leftover_place *place,
		       struct error *err)
{
	return leftover_file_is_old(place->dirfd, place->name) ? unlink_file(leftover, place, err)
							       : 0;
}

static int remove_from_place(const struct store *store, const struct leftover *leftover,
			     const struct leftover_place *place, struct error *err)
{
	switch (leftover->kind) {
	case LEFTOVER_TRASH:
		return remove_trash(leftover, place, err);
	case LEFTOVER_BUNDLE:
		return reclaim_bundle(store, place->name, err);
	case LEFTOVER_ROOTFS:
		return remove_rootfs(store, leftover, place, err);
	case LEFTOVER_LAYER:
		return remove_layer(store, leftover, place, err);
	case LEFTOVER_BLOB:
		return remove_blob(leftover, place, err);
	case LEFTOVER_VOLUME:
		return remove_volume_files(store, leftover, place, err);
	case LEFTOVER_FILE:
		return remove_file(leftover, place, err);
	default:
		return 0;
	}
}

int leftover_remove(const struct store *store, const struct leftover *leftover, struct error *err)
{
	struct leftover_place place;
	int found = open_place(store, leftover, &place, err);

	if (found <= 0)
		return found;
	found = remove_from_place(store, leftover, &place, err);
	fd_close(&place.dirfd);
	return found;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "store/trees.h"

#include "base/alloc.h"
#include "store/bundle_stack.h"
#include "system/confine.h"
#include "system/fd.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

void trees_release(struct trees *trees)
{
	for (size_t i = 0; trees->owner_files && i < trees->root.n_dirfds; i++)
		fd_close(&trees->owner_files[i]);
	free(steal(&trees->owner_files));
	owners_stack_release(&trees->owners);
	stack_release(&trees->root);
}

static int open_owners(int dirfd, struct error *err)
{
	int fd = openat(dirfd, "../" OWNERS_FILE,
			O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (fd < 0 && errno != ENOENT)
		return error_errno(err, "cannot open '%s'", OWNERS_FILE);
	return fd < 0 ? -EBADF : fd;
}

int trees_push(struct trees *trees, int dirfd, struct error *err)
{
	autoclose int directory = dirfd;
	int owners = open_owners(dirfd, err);

	if (owners == -1)
		return -1;
	trees->owner_files = xrealloc(trees->owner_files, trees->root.n_dirfds + 1,
				      sizeof(trees->owner_files[0]));
	trees->owner_files[trees->root.n_dirfds] = owners;
	stack_push(&trees->root, fd_steal(&directory));
	return 0;
}

/* The stack's descriptors are O_PATH: of each one that can be read. */
static int push_readable(struct trees *trees, const struct stack *stack, struct error *err)
{
	for (size_t i = 0; i < stack->n_dirfds; i++) {
		int fd = dir_open_at(stack->dirfds[i], ".", err);

		if (fd < 0 || trees_push(trees, fd, err) < 0)
			return -1;
	}
	return 0;
}

int trees_push_bundle(struct trees *trees, int bundlefd, struct error *err)
{
	autostack struct stack stack = STACK_INIT;
	struct error cause = { 0 };
	autoclose int lower = bundle_stack_open_lower(bundlefd, &cause);

	if (lower < 0 && cause.saved_errno != ENOENT)
		return error_move(err, &cause);
	if (bundle_stack_open(bundlefd, "rootfs", NULL, &stack, err) < 0 ||
	    push_readable(trees, &stack, err) < 0)
		return -1;
	if (lower < 0)
		return TREES_COPY;
	if (stack.n_dirfds < 2)
		return error_set(err, ERROR_FAILED, "it has no upper directory, or no layers");
	return TREES_OVERLAY;
}

int trees_open(int bundlefd, struct trees *ret, struct error *err)
{
	autotrees struct trees trees = TREES_INIT;
	int kind = trees_push_bundle(&trees, bundlefd, err);

	if (kind < 0)
		return -1;
	trees.kind = (enum trees_kind)kind;
	*ret = trees;
	trees = (struct trees)TREES_INIT;
	return 0;
}

/*
 * The same directory through a mount of its own, where no device can be opened and nothing written. A container may
 * put a device in the place of a file between a look at it and its opening, and opening some devices does something
 * (a watchdog then counts down, a tape rewinds). -EBADF where the process may not mount, as in a user namespace: no
 * device can be opened there anyway.
 */
static int open_without_devices(int dirfd)
{
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_NODEV | MOUNT_ATTR_RDONLY };
	autoclose int clone = open_tree(
		dirfd, "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH | AT_RECURSIVE);
	int fd;

	if (clone < 0 ||
	    mount_setattr(clone, "", AT_EMPTY_PATH | AT_RECURSIVE, &attr, sizeof(attr)) < 0)
		return -EBADF;
	fd = openat(clone, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -EBADF : fd;
}

static void leave_devices_out(struct trees *trees)
{
	for (size_t i = 0; i < trees->root.n_dirfds; i++) {
		int fd = open_without_devices(trees->root.dirfds[i]);

		if (fd < 0)
			continue;
		fd_close(&trees->root.dirfds[i]);
		trees->root.dirfds[i] = fd;
	}
}

int trees_confine(struct trees *trees, struct error *err)
{
	static const struct confine_profile profile = { .may = CONFINE_READ };
	struct confine_place place = { .writable = -1 };

	leave_devices_out(trees);
	place.readable = trees->root.dirfds[0];
	place.more = trees->root.dirfds + 1;
	place.n_more = trees->root.n_dirfds - 1;

	trees->owners =
		(struct owners_stack)OWNERS_STACK_INIT(trees->root.dirfds, trees->root.n_dirfds);
	trees->owners.files = trees->owner_files;
	return confine(&profile, &place, err);
}

static int push_duplicate(const struct trees *trees, size_t index, struct stack *stack,
			  struct error *err)
{
	int fd = fcntl(trees->root.dirfds[index], F_DUPFD_CLOEXEC, 3);

	if (fd < 0)
		return error_errno(err, "cannot duplicate a descriptor");
	stack_push(stack, fd);
	return 0;
}

int trees_stack_of(const struct trees *trees, size_t index, struct stack *ret, struct error *err)
{
	*ret = (struct stack)STACK_INIT;
	return push_duplicate(trees, index, ret, err);
}

int trees_stack_from(const struct trees *trees, size_t first, size_t n, struct stack *ret,
		     struct error *err)
{
	autostack struct stack stack = STACK_INIT;

	for (size_t i = first; i < trees->root.n_dirfds && i - first < n; i++)
		if (push_duplicate(trees, i, &stack, err) < 0)
			return -1;
	*ret = stack;
	stack = (struct stack)STACK_INIT;
	return 0;
}

int trees_stack(const struct trees *trees, struct stack *ret, struct error *err)
{
	return trees_stack_from(trees, 0, SIZE_MAX, ret, err);
}

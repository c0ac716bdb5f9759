/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Theory of operation. All of this happens in the container's own mount namespace, before any of
 * its code runs; but the files may be shared with containers that already do (volumes, a copy
 * bundle's neighbours), and these may rename and replace while we look. Therefore:
 *
 *  - Nothing inside the root is ever named by a string to the kernel: a path is resolved once, by
 *    openat2 beneath a descriptor, and all that follows works on the descriptor that came out.
 *  - Mounts are made detached and moved onto a descriptor. Nobody can slip a symlink in between.
 *  - What lies below a mount of ours is resolved from that mount's descriptor, not from the root:
 *    "/proc/sys" is "sys" below the procfs that we mounted, whatever "/proc" is called by now. A
 *    symlink in a mount may lead out of that mount, but not out of the root: then the path is walked
 *    name by name, and goes on in whichever mount of ours it comes to (path_make.h).
 *  - Files are made only in the root and in filesystems of this run. Text cannot tell where a path
 *    ends ("/dev" may be a link into a volume): the mount ID of the descriptor can.
 */
#include "rootfs/rootfs.h"

#include "rootfs/overlay.h"
#include "rootfs/propagation.h"

#include "base/alloc.h"
#include "system/fd.h"
#include "system/path.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

int rootfs_mount(const struct container *c, struct rootfs *ret, struct error *err)
{
	unsigned long attributes = c->config.denies_devices ? MS_NODEV : 0;
	const char *path = c->config.root_path;

	if (propagation_separate(c, err) < 0)
		return -1;
	/* The keeper left us in the bundle. Descriptors from before the clone are of no use for
	 * mounting: they lead to the host's mounts, only the working directory is carried over. */
	ret->bundle = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (ret->bundle < 0)
		return error_errno(err, "cannot open %s '%s'", bundle_word(), c->bundle.path);
	if (c->overlay_options) {
		if (overlay_mount(c, path, attributes, err) < 0)
			return -1;
	} else if (mount(path, path, NULL, MS_BIND | MS_REC, NULL) < 0) {
		error_errno(err, "cannot mount root filesystem '%s'", path);
		if (error_errno_is(err, ENOENT))
			error_hint(err, "make it in the %s, with the container's files",
				   bundle_word());
		return -1;
	}
	ret->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (ret->fd < 0)
		return error_errno(err, "cannot open root filesystem '%s'", path);
	/* What is mounted below a plain directory came along with it. */
	ret->has_bound = !c->overlay_options;
	if (!c->overlay_options && attributes) {
		struct mount_attr attr = { .attr_set = MOUNT_ATTR_NODEV };

		if (mount_setattr(ret->fd, "", AT_EMPTY_PATH, &attr, sizeof(attr)) < 0)
			return error_errno(err, "cannot forbid devices in '%s'", path);
	}
	return 0;
}

static bool is_directory(int fd)
{
	struct stat st;

	return fstat(fd, &st) < 0 || S_ISDIR(st.st_mode);
}

int rootfs_remember(struct rootfs *r, const char *destination, const char *path, int fd,
		    enum rootfs_owner owner, struct error *err)
{
	autoclose int owned = fd;
	struct rootfs_mount *mount;

	if (r->n_mounts == RUNTIME_MOUNTS_MAX)
		return error_set(err, ERROR_FAILED, "more than %d mounts", RUNTIME_MOUNTS_MAX);
	mount = &r->mounts[r->n_mounts++];
	mount->destination = path_normal(destination);
	mount->path = path_normal(path);
	mount->fd = fd_steal(&owned);
	mount->owner = owner;
	if (owner == ROOTFS_BOUND &&
	    (runtime_is_kernel_path(mount->destination) || runtime_is_kernel_path(mount->path)))
		mount->owner = ROOTFS_UNTOUCHED;
	/* Nothing is ever made below a file. */
	r->has_bound |= owner == ROOTFS_BOUND && is_directory(fd);
	return 0;
}

void rootfs_protect_later(struct rootfs *r)
{
	r->mounts[r->n_mounts - 1].becomes_readonly = true;
}

bool rootfs_is_mount_point(const struct rootfs *r, const char *path)
{
	for (size_t i = r->n_mounts; i-- > 0;) {
		const char *destination = r->mounts[i].destination;

		if (path_is_below(path, destination))
			return strcmp(path, destination) == 0;
	}
	return false;
}

/* The ID of the mount that fd is in; 0: not known. */
static uint64_t read_mount_id(int fd)
{
	struct statx st;

	if (statx(fd, "", AT_EMPTY_PATH, STATX_MNT_ID, &st) < 0 || !(st.stx_mask & STATX_MNT_ID))
		return 0;
	return st.stx_mnt_id;
}

/* As read_mount_id(), remembered in *id. */
static uint64_t mount_id(int fd, uint64_t *id)
{
	if (*id == 0)
		*id = read_mount_id(fd);
	return *id;
}

static struct rootfs_mount *find_mount(struct rootfs *r, uint64_t id)
{
	for (size_t i = r->n_mounts; id && i-- > 0;)
		if (mount_id(r->mounts[i].fd, &r->mounts[i].id) == id)
			return &r->mounts[i];
	return NULL;
}

struct rootfs_mount *rootfs_find_mount(struct rootfs *r, int fd)
{
	return find_mount(r, read_mount_id(fd));
}

/* In which kind of mount a directory is. A mount that nobody remembers came along below a bind
 * mount, or below a root that is a plain directory. */
static enum rootfs_owner find_owner(struct rootfs *r, int dir)
{
	const struct rootfs_mount *mount;
	uint64_t id;

	if (!r->has_bound)
		return ROOTFS_OWN;
	id = read_mount_id(dir);
	mount = find_mount(r, id);
	if (mount)
		return mount->owner;
	return id && mount_id(r->fd, &r->id) == id ? ROOTFS_OWN : ROOTFS_UNTOUCHED;
}

bool rootfs_is_own(struct rootfs *r, int dir)
{
	return find_owner(r, dir) == ROOTFS_OWN;
}

bool rootfs_is_root(struct rootfs *r, int dir)
{
	uint64_t id = read_mount_id(dir);

	return id && mount_id(r->fd, &r->id) == id;
}

static bool may_make_device_in(int dir, void *data)
{
	return rootfs_is_own(data, dir);
}

static bool may_make_mount_point_in(int dir, void *data)
{
	return find_owner(data, dir) != ROOTFS_UNTOUCHED;
}

/* The mount that holds a path in normal form: of all whose path it begins with the one that was made
 * last, because that hides the others. */
static int find_anchor(const char *path, const char **ret_rest, void *data)
{
	const struct rootfs *r = data;

	for (size_t i = r->n_mounts; i-- > 0;) {
		const struct rootfs_mount *mount = &r->mounts[i];

		if (!path_is_below(path, mount->path))
			continue;
		*ret_rest = path + strlen(mount->path);
		return mount->fd;
	}
	*ret_rest = path;
	return r->fd;
}

int rootfs_make(struct rootfs *r, const char *path, enum path_kind kind,
		enum rootfs_purpose purpose, struct str *ret_path)
{
	const struct path_maker maker = {
		.root = r->fd,
		.anchor = find_anchor,
		.may_make =
			purpose == ROOTFS_FOR_MOUNT ? may_make_mount_point_in : may_make_device_in,
		.data = r,
	};

	return path_make(&maker, path, kind, ret_path);
}

int rootfs_open(struct rootfs *r, const char *path, int flags)
{
	autofree char *plain = path_normal(path);
	const char *rest;
	int anchor = find_anchor(plain, &rest, r);
	int fd = path_open(anchor, rest, flags, 0,
			   anchor == r->fd ? PATH_IN_ROOT : PATH_NO_SYMLINKS);

	/* A link in a mount begins at the root, not at the mount. */
	if (fd < 0 && anchor != r->fd && errno == ELOOP)
		fd = path_open(r->fd, plain, flags, 0, PATH_IN_ROOT);
	return fd;
}

/* Why a mount point could not be made, from errno. */
static int mount_point_error(struct error *err)
{
	if (errno != EXDEV)
		return error_errno(err, "cannot create the mount point");
	error_set(err, ERROR_FAILED,
		  "the mount point is missing, and nothing is made in what is bound there");
	return error_hint(err,
			  "mount it elsewhere, or make it in the source of the bind mount first");
}

int rootfs_make_target(struct rootfs *r, const char *path, enum path_kind kind,
		       struct str *ret_path, struct error *err)
{
	autofree char *plain = path_normal(path);
	size_t start = ret_path->len;
	autoclose int fd = rootfs_make(r, plain, kind, ROOTFS_FOR_MOUNT, ret_path);
	const char *real = ret_path->data + start;

	if (fd < 0)
		return mount_point_error(err);
	/* The mount points that come after it would be made in what is mounted there. */
	if (!*real && *plain)
		return error_set(err, ERROR_FAILED, "a symlink on the way leads to the root");
	if (strcmp(real, plain) != 0 && !runtime_is_kernel_path(plain) &&
	    (path_is_below(real, "/proc") || path_is_below(real, "/sys")))
		return error_set(err, ERROR_FAILED, "a symlink on the way leads to '%s'", real);
	return fd_steal(&fd);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "rootfs/device.h"

#include "rootfs/mount_fd.h"

#include "base/alloc.h"
#include "base/message.h"
#include "oci/runtime.h"
#include "system/fd.h"
#include "system/path.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#define UEVENT_MAX 4096 /* bytes */

static const struct {
	const char *path;
	const char *target;
} links[] = {
	{ "/dev/fd", "/proc/self/fd" },       { "/dev/stdin", "/proc/self/fd/0" },
	{ "/dev/stdout", "/proc/self/fd/1" }, { "/dev/stderr", "/proc/self/fd/2" },
	{ "/dev/ptmx", "pts/ptmx" },          { "/dev/core", "/proc/kcore" },
};

static bool is_device(const struct stat *st, mode_t type, unsigned major, unsigned minor)
{
	return (st->st_mode & S_IFMT) == type && st->st_rdev == makedev(major, minor);
}

int device_open_host(const char *path, mode_t type, unsigned major, unsigned minor,
		     struct error *err)
{
	autoclose int fd = open_tree(AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_RDONLY };
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return error_errno(err, "cannot open the host's '%s'", path);
	if (!is_device(&st, type, major, minor))
		return error_set(err, ERROR_FAILED, "the host's '%s' is not device %u:%u", path,
				 major, minor);
	if (mount_setattr(fd, "", AT_EMPTY_PATH, &attr, sizeof(attr)) < 0)
		return error_errno(err, "cannot protect the host's '%s'", path);
	return fd_steal(&fd);
}

/* Where a device or link belongs. The directory stays open for the next one: nearly all are in /dev. */
struct place {
	char *parent; /* the path of the directory; owned */
	int dir;
	bool is_own; /* rootfs_is_own() */
	bool takes_nodes; /* a tmpfs of this run: what is made in it goes with the run */
	const char *name; /* in dir; borrowed from the path */
};

static void place_release(struct place *place)
{
	fd_close(&place->dir);
	free(steal(&place->parent));
}
#define autoplace autocleanup(place_release)
#define PLACE_INIT \
	{ \
		NULL, -EBADF, false, false, NULL \
	}

static int left_alone_error(const char *path, struct error *err)
{
	return error_set(err, ERROR_FAILED,
			 "cannot make '%s': a bind mount is there, which is left as it is", path);
}

/* Open the directory, made when it is missing. */
static int open_parent(struct rootfs *r, const char *parent, const char *path, struct error *err)
{
	int dir = rootfs_make(r, parent, PATH_DIRECTORY, ROOTFS_FOR_DEVICE, NULL);

	if (dir < 0 && errno == EXDEV)
		return left_alone_error(path, err);
	return dir < 0 ? error_errno(err, "cannot create the directory of '%s'", path) : dir;
}

static bool is_tmpfs(int fd)
{
	struct statfs fs;

	return fstatfs(fd, &fs) == 0 && fs.f_type == TMPFS_MAGIC;
}

/* Find the place of a path. */
static int find_place(struct rootfs *r, const char *path, struct place *place, struct error *err)
{
	const char *slash = strrchr(path, '/');
	autofree char *parent = xstrndup(path, slash ? (size_t)(slash - path) : 0);

	place->name = slash ? slash + 1 : path;
	if (!*place->name || strcmp(place->name, ".") == 0 || strcmp(place->name, "..") == 0)
		return error_set(err, ERROR_FAILED, "'%s' is no path of a device", path);
	if (place->parent && strcmp(place->parent, parent) == 0)
		return 0;
	place_release(place);
	place->dir = open_parent(r, parent, path, err);
	if (place->dir < 0)
		return -1;
	place->is_own = rootfs_is_own(r, place->dir);
	place->takes_nodes = r->mknod && is_tmpfs(place->dir) && !rootfs_is_root(r, place->dir);
	place->parent = steal(&parent);
	return 0;
}

/* An empty file to bind on. A symlink there would lead elsewhere: it is removed, not followed. */
static int open_placeholder(int dir, const char *name, const char *path, struct error *err)
{
	int flags = O_RDONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	autoclose int fd = openat(dir, name, flags, 0644);
	struct stat st;

	if (fd >= 0)
		return fd_steal(&fd);
	if (errno != EEXIST)
		return error_errno(err, "cannot create '%s'", path);
	fd = openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return error_errno(err, "cannot open '%s'", path);
	if (!S_ISLNK(st.st_mode) && !S_ISDIR(st.st_mode))
		return fd_steal(&fd);
	fd_close(&fd);
	if (unlinkat(dir, name, S_ISDIR(st.st_mode) ? AT_REMOVEDIR : 0) < 0)
		return error_errno(err, "cannot replace '%s'", path);
	fd = openat(dir, name, flags, 0644);
	return fd < 0 ? error_errno(err, "cannot create '%s'", path) : fd_steal(&fd);
}

static int bind_at(const struct place *place, int fd, const char *path, struct error *err)
{
	autoclose int target = open_placeholder(place->dir, place->name, path, err);

	if (target < 0)
		return -1;
	if (mount_fd_move(fd, target) < 0)
		return error_errno(err, "cannot bind '%s'", path);
	return 0;
}

/* In a directory that somebody else can change meanwhile: what is looked at is what is covered. */
static int cover_console(const struct place *place, int fd, struct error *err)
{
	autoclose int target = openat(place->dir, place->name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	if (target < 0 || fstat(target, &st) < 0 || S_ISLNK(st.st_mode) || S_ISDIR(st.st_mode))
		return 0;
	if (mount_fd_move(fd, target) < 0)
		return error_errno(err, "cannot bind '/dev/console'");
	return 0;
}

int device_bind_console(struct rootfs *r, int fd, struct error *err)
{
	static const char path[] = "/dev/console";
	autoplace struct place place = PLACE_INIT;

	if (find_place(r, path, &place, err) < 0)
		return -1;
	return place.is_own ? bind_at(&place, fd, path, err) : cover_console(&place, fd, err);
}

/* Make the node name in dir. Returns 1 when it was made, 0 when the kernel does not let us. */
static int make_node(int dir, const char *name, const struct device_config *d, struct error *err)
{
	struct stat st;
	int tries = 2;

	while (mknodat(dir, name, d->type | d->mode, makedev(d->major, d->minor)) < 0) {
		if (errno == EPERM)
			return 0;
		if (errno != EEXIST || !tries-- || fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			return error_errno(err, "cannot create '%s'", d->path);
		if (d->type != S_IFIFO && is_device(&st, d->type, d->major, d->minor))
			return 1;
		if (unlinkat(dir, name, S_ISDIR(st.st_mode) ? AT_REMOVEDIR : 0) < 0)
			return error_errno(err, "cannot replace '%s'", d->path);
	}
	if ((d->uid || d->gid) && fchownat(dir, name, d->uid, d->gid, AT_SYMLINK_NOFOLLOW) < 0)
		return error_errno(err, "cannot change the owner of '%s'", d->path);
	return 1;
}

/* The tmpfs lies over the bundle, which nothing opens by its path any more, and goes with the host's
 * mounts: old kernels clone nothing of a filesystem that is attached nowhere. */
static int open_nodes(struct rootfs *r, struct error *err)
{
	if (r->nodes >= 0)
		return 0;
	r->nodes = mount_fd_make("tmpfs", "tmpfs", NULL, MOUNT_ATTR_NOSUID, err);
	if (r->nodes < 0)
		return -1;
	return mount_fd_move(r->nodes, r->bundle) < 0
		       ? error_errno(err, "cannot mount a filesystem for devices")
		       : 0;
}

/* A mount of a node that is the container's own, made where nobody sees it: among the image's files
 * a node would stay in the bundle. Returns -EBADF when the kernel lets us make none. */
static int clone_own_node(struct rootfs *r, const struct device_config *d, struct error *err)
{
	autofree char *name = NULL;
	int clone, made;

	if (open_nodes(r, err) < 0)
		return -1;
	name = xasprintf("%u", r->n_nodes++);
	made = make_node(r->nodes, name, d, err);
	if (made <= 0)
		return made < 0 ? -1 : -EBADF;
	clone = open_tree(r->nodes, name, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	return clone < 0 ? error_errno(err, "cannot clone '%s'", d->path) : clone;
}

/* The path on the host of the device of that number: the kernel tells its name (sysfs(5), uevent). New,
 * or NULL. */
static char *find_host_path(const struct device_config *d)
{
	autofree char *uevent =
		xasprintf("/sys/dev/%s/%u:%u/uevent", d->type == S_IFCHR ? "char" : "block",
			  d->major, d->minor);
	autostr struct str text = STR_INIT;
	const char *name;

	if (file_read_at(AT_FDCWD, uevent, UEVENT_MAX, &text, NULL) < 0)
		return NULL;
	name = strstr(text.data, "DEVNAME=");
	if (!name)
		return NULL;
	name += strlen("DEVNAME=");
	return xasprintf("/dev/%.*s", (int)strcspn(name, "\n"), name);
}

/* A bound node is the host's, and so are its mode and owner: say where others were asked for. */
static void tell_bound_node(int fd, const struct device_config *d)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return;
	if (d->has_mode && (st.st_mode & 07777) != d->mode)
		message_warning("device '%s': the host's is bound, with mode %03o and not %03o",
				d->path, st.st_mode & 07777, d->mode);
	if ((d->uid && st.st_uid != d->uid) || (d->gid && st.st_gid != d->gid))
		message_warning("device '%s': the host's is bound, whose owner is not %u:%u",
				d->path, d->uid, d->gid);
}

/* A clone of the host's node, found by its path or by its number. */
static int clone_host_node(const struct device_config *d, struct error *err)
{
	autofree char *by_number = NULL;
	int fd = device_open_host(d->path, d->type, d->major, d->minor, err);

	if (fd >= 0)
		return fd;
	by_number = find_host_path(d);
	return by_number ? device_open_host(by_number, d->type, d->major, d->minor, NULL) : -1;
}

static int make_device(struct rootfs *r, const struct place *place, const struct device_config *d,
		       struct error *err)
{
	autoclose int clone = -EBADF;

	if (d->type == S_IFIFO || (r->mknod && place->takes_nodes)) {
		int made = make_node(place->dir, place->name, d, err);

		if (made != 0)
			return made < 0 ? -1 : 0;
	} else if (r->mknod) {
		clone = clone_own_node(r, d, err);
		if (clone == -1)
			return -1;
	}
	if (d->type == S_IFIFO)
		return error_set(err, ERROR_FAILED, "cannot create FIFO '%s'", d->path);
	if (clone < 0) {
		clone = clone_host_node(d, err);
		if (clone >= 0)
			tell_bound_node(clone, d);
	}
	return clone < 0 ? -1 : bind_at(place, clone, d->path, err);
}

static bool is_requested(const struct stat *st, const struct device_config *d)
{
	return d->type == S_IFIFO ? S_ISFIFO(st->st_mode)
				  : is_device(st, d->type, d->major, d->minor);
}

/* linux.devices where something was bound, the node itself or its directory: what is there already
 * is applied. */
static int check_device(const struct place *place, const struct device_config *d, struct error *err)
{
	struct stat st;

	if (fstatat(place->dir, place->name, &st, AT_SYMLINK_NOFOLLOW) == 0 && is_requested(&st, d))
		return 0;
	return left_alone_error(d->path, err);
}

/* Fail when another file is there (config-linux.md, "Devices"). An empty one is a placeholder: of an
 * earlier run, or of an image that was unpacked without privilege. */
static int check_vacant(const struct place *place, const struct device_config *d, struct error *err)
{
	struct stat st;

	if (fstatat(place->dir, place->name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
	    (S_ISREG(st.st_mode) && st.st_size == 0) || is_requested(&st, d))
		return 0;
	return error_set(err, ERROR_FAILED,
			 "cannot make '%s': a file that is not this device is there", d->path);
}

static int make_configured(struct rootfs *r, struct place *place, const struct device_config *d,
			   struct error *err)
{
	if (find_place(r, d->path, place, err) < 0)
		return -1;
	if (!place->is_own || rootfs_is_mount_point(r, d->path))
		return check_device(place, d, err);
	return check_vacant(place, d, err) < 0 ? -1 : make_device(r, place, d, err);
}

static int make_default(struct rootfs *r, struct place *place, const struct device_config *d,
			struct error *err)
{
	if (rootfs_is_mount_point(r, d->path))
		return 0;
	if (find_place(r, d->path, place, err) < 0)
		return -1;
	return place->is_own ? make_device(r, place, d, err) : 0;
}

static int make_link(const struct place *place, const char *path, const char *target,
		     struct error *err)
{
	if (symlinkat(target, place->dir, place->name) == 0)
		return 0;
	if (errno != EEXIST || (unlinkat(place->dir, place->name, 0) < 0 && errno != EISDIR))
		return error_errno(err, "cannot replace '%s'", path);
	if (symlinkat(target, place->dir, place->name) < 0)
		return error_errno(err, "cannot create '%s'", path);
	return 0;
}

static int make_links(struct rootfs *r, struct place *place, struct error *err)
{
	for (size_t i = 0; i < array_size(links); i++) {
		if (rootfs_is_mount_point(r, links[i].path))
			continue;
		if (find_place(r, links[i].path, place, err) < 0)
			return -1;
		if (place->is_own && make_link(place, links[i].path, links[i].target, err) < 0)
			return -1;
	}
	return 0;
}

bool device_is_null(const struct stat *st)
{
	return is_device(st, S_IFCHR, 1, 3);
}

/* Open what an O_PATH descriptor is, if it is the null device. */
static int reopen_null(int node)
{
	char path[PATH_PROC_FD_MAX];
	struct stat st;

	return node >= 0 && fstat(node, &st) == 0 && device_is_null(&st)
		       ? open(path_proc_fd(node, path), O_RDWR | O_NOCTTY | O_CLOEXEC)
		       : -1;
}

int device_open_host_null(struct error *err)
{
	autoclose int node = device_open_host("/dev/null", S_IFCHR, 1, 3, err);
	int fd = node < 0 ? -1 : reopen_null(node);

	if (node < 0)
		return -1;
	return fd < 0 ? error_errno(err, "cannot open '/dev/null'") : fd;
}

/* The container's /dev/null where it is one that can be opened (a /dev with "nodev" has none), else
 * the host's in a mount that protects it. */
static int open_null(struct rootfs *r, struct error *err)
{
	autoclose int node = rootfs_open(r, "/dev/null", O_PATH);
	int fd = reopen_null(node);

	if (fd >= 0)
		return fd;
	return device_open_host_null(err);
}

int devices_open_null(struct rootfs *r, const bool is_null[3], struct error *err)
{
	autoclose int null = -EBADF;

	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (!is_null[fd])
			continue;
		if (null < 0)
			null = open_null(r, err);
		if (null < 0)
			return -1;
		if (dup2(null, fd) < 0)
			return error_errno(err, "cannot use '/dev/null' as fd %d", fd);
	}
	return 0;
}

static bool is_configured(const struct devices_config *devices, const char *path)
{
	for (size_t i = 0; i < devices->len; i++)
		if (strcmp(devices->items[i].path, path) == 0)
			return true;
	return false;
}

static int make_defaults(const struct container *c, struct rootfs *r, struct place *place,
			 struct error *err)
{
	for (size_t i = 0; i < RUNTIME_DEVICES; i++) {
		const struct runtime_device *d = &runtime_devices[i];
		const struct device_config device = {
			.path = d->path,
			.type = d->type,
			.major = d->major,
			.minor = d->minor,
			.mode = d->mode,
		};

		if (!is_configured(&c->config.devices, d->path) &&
		    make_default(r, place, &device, err) < 0)
			return -1;
	}
	return 0;
}

int devices_make(const struct container *c, struct rootfs *r, struct error *err)
{
	autoplace struct place place = PLACE_INIT;

	for (size_t i = 0; i < c->config.devices.len; i++)
		if (make_configured(r, &place, &c->config.devices.items[i], err) < 0)
			return -1;
	if (make_defaults(c, r, &place, err) < 0)
		return -1;
	return make_links(r, &place, err);
}

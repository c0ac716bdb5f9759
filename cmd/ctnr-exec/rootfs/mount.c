/* SPDX-License-Identifier: Apache-2.0 */
/* How this stays inside the root is told in rootfs.c. */
#include "rootfs/mount.h"

#include "rootfs/bind.h"
#include "rootfs/cgroup_view.h"
#include "rootfs/copy_up.h"
#include "rootfs/idmap_mount.h"
#include "rootfs/mount_fd.h"
#include "rootfs/propagation.h"
#include "rootfs/remount.h"

#include "base/alloc.h"
#include "base/message.h"
#include "system/fd.h"

#include <errno.h>
#include <string.h>
#include <sys/mount.h>

/* A kernel filesystem that may not be mounted again: that of the host, or of the container around this one,
 * is bound with all that is mounted on it. */
static int bind_present(struct rootfs *r, struct mount_config *e, size_t number, const char *source,
			uint64_t attributes, struct error *err)
{
	e->source = source;
	e->options.binding = MOUNT_RBIND;
	e->options.set_recursive |= e->options.set | attributes;
	return bind_make(r, e, number, err);
}

/* sysfs belongs to the network namespace: without one of its own, the container sees the host's, which it
 * cannot mount again, bound and read-only. */
static int make_sysfs(struct rootfs *r, struct mount_config *e, size_t number, struct error *err)
{
	struct error cause = { 0 };
	int fd = mount_fd_make("sysfs", e->source, &e->options.data, e->options.set, &cause);

	if (fd >= 0)
		return fd;
	return cause.saved_errno == EPERM
		       ? bind_present(r, e, number, "/sys", MOUNT_ATTR_RDONLY, err)
		       : error_move(err, &cause);
}

/* In a container whose own procfs is covered in part the kernel allows no new one. The present one shows the
 * processes around, of which a user namespace of its own keeps the container from seeing more than their
 * names. */
static int make_procfs(const struct container *c, struct rootfs *r, struct mount_config *e,
		       size_t number, struct error *err)
{
	struct error cause = { 0 };
	int fd = mount_fd_make("proc", e->source, &e->options.data, e->options.set, &cause);

	if (fd >= 0)
		return fd;
	if (cause.saved_errno != EPERM || c->namespaces.userns == USERNS_NONE) {
		error_move(err, &cause);
		return error_errno_is(err, EPERM)
			       ? error_hint(
					 err,
					 "the kernel allows a new procfs only with a pid namespace and where the present one is not covered in part")
			       : -1;
	}
	message_warning(
		"mount '%s': the kernel allows no new procfs here, the present one with the processes around is bound",
		e->destination);
	return bind_present(r, e, number, "/proc", 0, err);
}

/* A filesystem whose files get linux.mountLabel by an option. Those of the kernel's own interfaces have
 * labels of their own, and SELinux takes no other. */
static int make_labelled(const struct container *c, const struct mount_config *e, struct error *err)
{
	autostrlist struct strlist data = { 0 };
	autofree char *option = NULL;

	if (!*c->config.mount_label || strcmp(e->type, "mqueue") == 0)
		return mount_fd_make(e->type, e->source, &e->options.data, e->options.set, err);
	for (size_t i = 0; i < e->options.data.len; i++)
		strlist_append(&data, e->options.data.items[i]);
	option = xasprintf("context=%s", c->config.mount_label);
	strlist_append(&data, option);
	return mount_fd_make(e->type, e->source, &data, e->options.set, err);
}

static int make_filesystem(const struct container *c, struct rootfs *r, struct mount_config *e,
			   size_t number, struct error *err)
{
	if (strcmp(e->type, "sysfs") == 0)
		return make_sysfs(r, e, number, err);
	if (strcmp(e->type, "proc") == 0)
		return make_procfs(c, r, e, number, err);
	return make_labelled(c, e, err);
}

/* The kernel's own filesystems are new and empty; any other type brings files from somewhere. */
static enum rootfs_owner owner_of(const struct mount_config *e)
{
	static const char *const own[] = { "tmpfs", "ramfs", "devpts", "mqueue", "proc" };

	for (size_t i = 0; e->options.binding == MOUNT_NEW && i < array_size(own); i++)
		if (strcmp(e->type, own[i]) == 0)
			return ROOTFS_OWN;
	return ROOTFS_BOUND;
}

/* The detached mount, complete. */
static int make_detached(const struct container *c, struct rootfs *r, size_t number,
			 struct mount_config *e, struct error *err)
{
	autoclose int fd = e->options.binding == MOUNT_NEW ? make_filesystem(c, r, e, number, err)
							   : bind_make(r, e, number, err);

	if (fd < 0 || (e->options.copies_up && copy_up(c, r, fd, e, err) < 0) ||
	    (e->options.idmap && idmap_mount_apply(r, fd, e, number, err) < 0))
		return -1;
	return fd_steal(&fd);
}

static int attach_mount(const struct container *c, struct rootfs *r, size_t number,
			struct mount_config *e, struct error *err)
{
	/* On "/proc -> elsewhere" everything that is done to /proc later would miss it. */
	enum mount_fd_target target = strcmp(e->type, "proc") == 0 || strcmp(e->type, "sysfs") == 0
					      ? MOUNT_FD_NO_SYMLINKS
					      : MOUNT_FD_ANYWHERE;
	enum rootfs_owner owner = owner_of(e);
	bool becomes_readonly = owner == ROOTFS_OWN && e->options.set & MOUNT_ATTR_RDONLY;
	int fd;

	if (becomes_readonly)
		e->options.set &= ~(uint64_t)MOUNT_ATTR_RDONLY;
	fd = make_detached(c, r, number, e, err);
	if (fd < 0)
		return -1;
	/* What was bound in its place is not the container's own. */
	if (owner_of(e) != owner)
		owner = ROOTFS_BOUND;
	if (mount_fd_attach(fd, r, e->destination, target, owner, err) < 0 ||
	    propagation_set(r, &e->options, err) < 0)
		return -1;
	if (becomes_readonly)
		rootfs_protect_later(r);
	return 0;
}

static int make_mount(const struct container *c, struct rootfs *r, size_t number,
		      struct mount_config *e, struct error *err)
{
	int done = 0;

	if (e->options.remount)
		return remount_apply(r, e, err);
	if (e->options.copies_symlink)
		done = copy_symlink(r, e, err);
	if (done != 0)
		return done < 0 ? -1 : 0;
	if (e->options.binding == MOUNT_NEW && str_starts_with(e->type, "cgroup"))
		return cgroup_view_mount(c, r, e->destination, e->options.set,
					 e->options.writable_asked, err) < 0
			       ? -1
			       : propagation_set(r, &e->options, err);
	return attach_mount(c, r, number, e, err);
}

int mounts_make(const struct container *c, struct rootfs *r, struct error *err)
{
	for (size_t i = 0; i < c->config.mounts.len; i++) {
		/* A mount that the kernel refuses may be made in another way: in a copy. */
		struct mount_config mount = c->config.mounts.items[i];

		if (make_mount(c, r, i, &mount, err) < 0)
			return error_prefix(err, "mount '%s'", mount.destination);
	}
	return 0;
}

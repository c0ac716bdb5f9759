/* SPDX-License-Identifier: Apache-2.0 */
#include "rootfs/propagation.h"

#include "rootfs/outer_root.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>

static int set_kind(int fd, uint64_t kind, bool is_recursive)
{
	struct mount_attr attr = { .propagation = kind };

	return mount_setattr(fd, "", AT_EMPTY_PATH | (is_recursive ? AT_RECURSIVE : 0), &attr,
			     sizeof(attr));
}

int propagation_separate(const struct container *c, struct error *err)
{
	unsigned long flags = MS_REC | c->config.propagation.first;
	struct outer_root chroot_root = OUTER_ROOT_INIT;
	int result = mount(NULL, "/", NULL, flags, NULL);

	/* The root directory of a chroot is no mount. */
	if (result < 0 && errno == EINVAL) {
		if (outer_root_enter(&chroot_root, c->config.root_path, err) < 0)
			return -1;
		result = mount(NULL, ".", NULL, flags, NULL);
		if (outer_root_leave(&chroot_root, err) < 0)
			return -1;
	}
	return result < 0 ? error_errno(err, "cannot separate the mounts from the host's") : 0;
}

int propagation_set(struct rootfs *r, const struct mount_options *options, struct error *err)
{
	struct rootfs_mount *mount = &r->mounts[r->n_mounts - 1];

	if (!options->propagation)
		return 0;
	mount->propagation = options->propagation;
	mount->propagation_is_recursive = options->propagation_is_recursive;
	if (set_kind(mount->fd, mount->propagation, mount->propagation_is_recursive) < 0)
		return error_errno(err, "cannot set mount propagation");
	return 0;
}

int propagation_set_root(const struct container *c, const struct rootfs *r, struct error *err)
{
	const struct propagation_config *config = &c->config.propagation;

	if (!config->root)
		return 0;
	if (set_kind(r->fd, config->root, config->is_recursive) < 0)
		return error_errno(err, "cannot set linux.rootfsPropagation");
	for (size_t i = 0; config->is_recursive && i < r->n_mounts; i++) {
		const struct rootfs_mount *mount = &r->mounts[i];

		if (mount->propagation &&
		    set_kind(mount->fd, mount->propagation, mount->propagation_is_recursive) < 0)
			return error_errno(err, "cannot set the propagation of '%s'",
					   mount->destination);
	}
	return 0;
}

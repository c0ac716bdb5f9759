/* SPDX-License-Identifier: Apache-2.0 */
#include "rootfs/attribute.h"

#include "base/message.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

/* Access times that were asked for and that the kernel refuses: a user namespace cannot change those of
 * a mount from outside (mount_namespaces(7), locked flags). The default ones ("relatime") need not be
 * had. */
static int set_atime(int fd, unsigned flags, uint64_t set, uint64_t clear, struct error *err)
{
	struct mount_attr attr = { .attr_set = set, .attr_clr = clear };

	if ((!set && !clear) || mount_setattr(fd, "", flags, &attr, sizeof(attr)) == 0)
		return 0;
	if (errno != EPERM)
		return error_errno(err, "cannot set mount attributes");
	if (!set)
		return 0;
	error_set(err, ERROR_FAILED, "the option '%s' cannot be had: the host has locked it",
		  mount_option_name(set, 0));
	return error_hint(err, "mount the source so on the host, or leave the option out");
}

/* Other engines write "rw" for every mount: an attribute that stays as it is on the host is no error,
 * as with other runtimes. */
static int clear_attribute(int fd, unsigned flags, const char *destination, uint64_t bit,
			   struct error *err)
{
	struct mount_attr attr = { .attr_clr = bit };

	if (mount_setattr(fd, "", flags, &attr, sizeof(attr)) == 0)
		return 0;
	if (errno != EPERM)
		return error_errno(err, "cannot set mount attributes");
	message_warning("mount '%s': the host has locked what '%s' would change, ignoring it",
			destination, mount_option_name(0, bit));
	return 0;
}

/* All at once is refused: one after the other shows which cannot be had. */
static int change_each_attribute(int fd, unsigned flags, const char *destination, uint64_t set,
				 uint64_t clear, struct error *err)
{
	const uint64_t atime = MOUNT_ATTR__ATIME | MOUNT_ATTR_NODIRATIME;
	struct mount_attr attr = { .attr_set = set & ~atime };

	if (mount_setattr(fd, "", flags, &attr, sizeof(attr)) < 0)
		return error_errno(err, "cannot set mount attributes");
	if (set_atime(fd, flags, set & MOUNT_ATTR__ATIME, clear & MOUNT_ATTR__ATIME, err) < 0 ||
	    set_atime(fd, flags, set & MOUNT_ATTR_NODIRATIME, 0, err) < 0)
		return -1;
	for (uint64_t bit = 1; bit <= UINT32_MAX; bit <<= 1)
		if (clear & bit & ~(uint64_t)MOUNT_ATTR__ATIME &&
		    clear_attribute(fd, flags, destination, bit, err) < 0)
			return -1;
	return 0;
}

static int change_attributes(int fd, unsigned flags, const char *destination, uint64_t set,
			     uint64_t clear, struct error *err)
{
	struct mount_attr attr = { .attr_set = set, .attr_clr = clear };

	if ((!set && !clear) || mount_setattr(fd, "", flags, &attr, sizeof(attr)) == 0)
		return 0;
	if (errno != EPERM)
		return error_errno(err, "cannot set mount attributes");
	return change_each_attribute(fd, flags, destination, set, clear, err);
}

int attributes_set(int fd, const struct mount_config *mount, struct error *err)
{
	const struct mount_options *o = &mount->options;

	if (change_attributes(fd, AT_EMPTY_PATH, mount->destination, o->set, o->clear, err) < 0)
		return -1;
	return change_attributes(fd, AT_EMPTY_PATH | AT_RECURSIVE, mount->destination,
				 o->set_recursive, o->clear_recursive, err);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "driver.h"

#include "base/alloc.h"
#include "system/fd.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <unistd.h>

#define FILESYSTEMS_MAX (64U << 10) /* bytes of /proc/filesystems */

/* Is the overlay there, or a module that the first mount loads? */
static bool has_overlay(const struct utsname *kernel)
{
	autofree char *module = xasprintf("/lib/modules/%s/kernel/fs/overlayfs", kernel->release);
	autostr struct str text = STR_INIT;

	if (file_read_at(AT_FDCWD, "/proc/filesystems", FILESYSTEMS_MAX, &text, NULL) == 0 &&
	    strstr(text.data, "\toverlay\n"))
		return true;
	return access(module, F_OK) == 0;
}

enum bundle_driver driver_choose(const struct store *store)
{
	struct utsname kernel;
	struct statfs fs;
	unsigned int major = 0;
	unsigned int minor = 0;

	if (uname(&kernel) < 0 || sscanf(kernel.release, "%u.%u", &major, &minor) != 2)
		return BUNDLE_COPY;
	/* 5.11: overlay in user namespaces, with "userxattr". */
	if (major < 5 || (major == 5 && minor < 11) || !has_overlay(&kernel))
		return BUNDLE_COPY;
	if (fstatfs(store->dirfd, &fs) == 0 && fs.f_type == OVERLAYFS_SUPER_MAGIC)
		return BUNDLE_COPY;
	return BUNDLE_OVERLAY;
}

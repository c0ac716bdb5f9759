/* SPDX-License-Identifier: Apache-2.0 */
#include "driver.h"

#include "base/alloc.h"
#include "system/fd.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <unistd.h>

#define FILESYSTEMS_MAX (64U << 10) /* bytes of /proc/filesystems */

/* Is the overlay there, or a module that the first mount loads? */
static bool has_overlay(void)
{
	autofree char *module = NULL;
	autostr struct str text = STR_INIT;
	struct utsname kernel;

	if (file_read_at(AT_FDCWD, "/proc/filesystems", FILESYSTEMS_MAX, &text, NULL) == 0 &&
	    strstr(text.data, "\toverlay\n"))
		return true;
	if (uname(&kernel) < 0)
		return false;
	module = xasprintf("/lib/modules/%s/kernel/fs/overlayfs", kernel.release);
	return access(module, F_OK) == 0;
}

enum bundle_driver driver_choose(const struct store *store)
{
	struct statfs fs;

	if (!has_overlay())
		return BUNDLE_COPY;
	if (fstatfs(store->dirfd, &fs) == 0 && fs.f_type == OVERLAYFS_SUPER_MAGIC)
		return BUNDLE_COPY;
	return BUNDLE_OVERLAY;
}

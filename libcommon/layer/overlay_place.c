/* SPDX-License-Identifier: Apache-2.0 */
#include "layer/overlay_place.h"

#include "layer/mark.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/xattr.h>
#include <unistd.h>

#define PROBE_NAME_MAX 32 /* bytes: ".probe.", a PID and a letter */

const char *const overlay_place_faults[OVERLAY_PLACE_MAX] = {
	[OVERLAY_PLACE_NESTED] = "is an overlay",
	[OVERLAY_PLACE_NO_ATTRIBUTES] = "has no user.* extended attributes",
	[OVERLAY_PLACE_NO_WHITEOUTS] = "has no whiteouts (devices 0:0)",
};

/* Asking for an attribute changes nothing, and tells the same as setting one. */
static bool has_attributes(int dirfd)
{
	char value;

	return fgetxattr(dirfd, MARK_OPAQUE, &value, sizeof(value)) >= 0 || errno != ENOTSUP;
}

/* An overlay makes whiteouts by the rename of what was copied up, on filesystems that can; one that is on
 * the network or FUSE must. The file that is made here is renamed so, and both names are removed. */
bool overlay_place_has_whiteouts(int dirfd)
{
	char file[PROBE_NAME_MAX];
	char renamed[PROBE_NAME_MAX];
	bool result;
	int fd;

	snprintf(file, sizeof(file), ".probe.%d.a", (int)getpid());
	snprintf(renamed, sizeof(renamed), ".probe.%d.b", (int)getpid());
	fd = openat(dirfd, file, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return true;
	close(fd);
	result = renameat2(dirfd, file, dirfd, renamed, RENAME_WHITEOUT) == 0;
	unlinkat(dirfd, renamed, 0);
	unlinkat(dirfd, file, 0);
	return result;
}

enum overlay_place overlay_place_check(int dirfd)
{
	struct filesystem fs;

	filesystem_read(dirfd, &fs);
	switch (fs.kind) {
	case FILESYSTEM_COMPLETE:
		return OVERLAY_PLACE_FIT;
	case FILESYSTEM_OVERLAY:
		return OVERLAY_PLACE_NESTED;
	case FILESYSTEM_MEMORY:
		return has_attributes(dirfd) ? OVERLAY_PLACE_FIT : OVERLAY_PLACE_NO_ATTRIBUTES;
	default:
		break;
	}
	if (!has_attributes(dirfd))
		return OVERLAY_PLACE_NO_ATTRIBUTES;
	return overlay_place_has_whiteouts(dirfd) ? OVERLAY_PLACE_FIT : OVERLAY_PLACE_NO_WHITEOUTS;
}

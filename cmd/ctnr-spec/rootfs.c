/* SPDX-License-Identifier: Apache-2.0 */
#include "rootfs.h"

#include "oci/manifest.h"
#include "system/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>

/* Walking a stack needs an open directory for each layer, twice. */
static void raise_file_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

/* Append the directory name to the stack. Returns 0 when it is not there. */
static int push_directory(int dirfd, const char *name, struct merged *stack, struct error *err)
{
	int fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0)
		return error_errno(err, "cannot open '%s'", name);
	merged_push(stack, fd);
	return 1;
}

int rootfs_open(int bundlefd, const char *path, struct merged *ret, struct error *err)
{
	automerged struct merged stack = MERGED_INIT;
	autoclose int lower = openat(bundlefd, "lower", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char name[16];
	int status = 1;

	if (lower < 0 && errno != ENOENT)
		return error_errno(err, "cannot open 'lower'");
	if (lower < 0) {
		status = push_directory(bundlefd, path, &stack, err);
		if (status == 0) {
			errno = ENOENT;
			status = error_errno(err, "root filesystem '%s'", path);
		}
	} else {
		status = push_directory(bundlefd, "upper", &stack, err);
		for (unsigned i = 0; status >= 0 && i < MANIFEST_LAYERS_MAX; i++) {
			if (i == 200)
				raise_file_limit();
			snprintf(name, sizeof(name), "%u", i);
			status = push_directory(lower, name, &stack, err);
			if (status == 0)
				break;
		}
	}
	if (status < 0)
		return -1;
	*ret = stack;
	stack = (struct merged)MERGED_INIT;
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What this kernel, and whatever confines us, lets us call. */
#include "check.h"

#include "system/fd.h"
#include "system/kernel.h"
#include "system/process.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <linux/seccomp.h>
#include <stdint.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

/* linux/landlock.h of older headers lacks it. */
#define LANDLOCK_VERSION_FLAG 1U

static void check_version(struct checklist *list)
{
	const struct kernel_version oldest = { 5, 15 };
	struct utsname name;

	if (uname(&name) < 0)
		return;
	if (kernel_is_at_least(oldest))
		check_add(list, "kernel", CHECK_OK, "%s", name.release);
	else
		check_add(list, "kernel", CHECK_WARN,
			  "%s is older than %u.%u, the oldest that this program is written for",
			  name.release, oldest.major, oldest.minor);
}

static void check_openat2(struct checklist *list)
{
	struct open_how how = { .flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT };
	autoclose int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	autoclose int fd = (int)syscall(SYS_openat2, root, ".", &how, sizeof(how));

	if (fd >= 0)
		check_add(list, "openat2", CHECK_OK, "paths can be held beneath a root");
	else
		check_add(list, "openat2", CHECK_FAIL, "%s",
			  errno == ENOSYS ? "not in this kernel, or hidden by a seccomp filter"
					  : "refused, probably by a seccomp filter");
}

/* What the container's mounts are made with, in namespaces as it would have them. */
static int attempt_mounts(void *data, struct error *err)
{
	const struct host *host = data;
	autoclose int context = -EBADF;
	autoclose int mount_fd = -EBADF;
	autoclose int tree = -EBADF;

	if (host_enter_namespaces(host, err) < 0)
		return -1;
	context = fsopen("tmpfs", FSOPEN_CLOEXEC);
	if (context < 0)
		return error_errno(err, "fsopen");
	if (fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return error_errno(err, "fsconfig");
	mount_fd = fsmount(context, FSMOUNT_CLOEXEC, MOUNT_ATTR_NOSUID);
	if (mount_fd < 0)
		return error_errno(err, "fsmount");
	if (move_mount(mount_fd, "", AT_FDCWD, "/proc", MOVE_MOUNT_F_EMPTY_PATH) < 0)
		return error_errno(err, "move_mount");
	tree = open_tree(AT_FDCWD, "/proc", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	if (tree < 0)
		return error_errno(err, "open_tree");
	return 0;
}

static void check_mounts(const struct host *host, struct checklist *list)
{
	struct error err = { 0 };

	if (process_call(attempt_mounts, (void *)host, &err) == 0)
		check_add(list, "mounts", CHECK_OK, "by descriptor, in a namespace of their own");
	else
		check_add(list, "mounts", CHECK_FAIL, "%s", err.message);
}

static void check_confinement(struct checklist *list)
{
	long landlock =
		syscall(SYS_landlock_create_ruleset, NULL, (size_t)0, LANDLOCK_VERSION_FLAG);
	uint32_t action = SECCOMP_RET_ERRNO;

	if (landlock > 0) {
		check_add(list, "landlock", CHECK_OK, "version %ld", landlock);
	} else {
		check_add(list, "landlock", CHECK_WARN,
			  "not available: layers are unpacked without this confinement");
		if (landlock < 0 && errno == EOPNOTSUPP)
			check_hint(list, "add landlock to the kernel's lsm= list");
	}
	if (syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0) {
		check_add(list, "seccomp", CHECK_OK, "filters%s",
			  prctl(PR_GET_SECCOMP) == 2 ? ", and one confines this process already"
						     : "");
	} else {
		check_add(list, "seccomp", CHECK_WARN,
			  "not available: containers run only with seccomp=unconfined");
		check_hint(list, "use a kernel with CONFIG_SECCOMP_FILTER");
	}
}

void check_kernel(const struct host *host, struct checklist *list)
{
	check_version(list);
	check_openat2(list);
	if (host->can_enter)
		check_mounts(host, list);
	check_confinement(list);
}

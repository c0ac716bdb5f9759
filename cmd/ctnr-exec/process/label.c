/* SPDX-License-Identifier: Apache-2.0 */
#include "process/label.h"

#include "process/procfs.h"

#include "base/alloc.h"
#include "system/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/vfs.h>
#include <unistd.h>

static bool has_apparmor(void)
{
	autoclose int fd = open("/sys/module/apparmor/parameters/enabled", O_RDONLY | O_CLOEXEC);
	char answer = 'N';

	return fd >= 0 && read(fd, &answer, 1) == 1 && answer == 'Y';
}

static bool has_selinux(void)
{
	struct statfs fs;

	return statfs("/sys/fs/selinux", &fs) == 0 && fs.f_type == SELINUX_MAGIC;
}

int labels_prepare(struct process_config *process, struct error *err)
{
	if (process->apparmor_profile && !has_apparmor()) {
		if (strcmp(process->apparmor_profile, "unconfined") != 0)
			return error_set(
				err, ERROR_FAILED,
				"config.json: process.apparmorProfile: AppArmor is not enabled in this kernel");
		process->apparmor_profile = NULL;
	}
	if (process->selinux_label && !has_selinux())
		return error_set(
			err, ERROR_FAILED,
			"config.json: process.selinuxLabel: SELinux is not enabled in this kernel");
	return 0;
}

/* The attributes of AppArmor have a folder of their own since Linux 5.8, beside those that all modules share. */
static int apply_apparmor(const char *profile, struct error *err)
{
	autofree char *text = xasprintf("exec %s", profile);
	struct error cause = { 0 };

	if (procfs_write("thread-self/attr/apparmor/exec", text, &cause) == 0)
		return 0;
	if (cause.saved_errno != ENOENT)
		return error_move(err, &cause);
	return procfs_write("thread-self/attr/exec", text, err);
}

int labels_apply(const struct process_config *process, struct error *err)
{
	if (!process->apparmor_profile && !process->selinux_label)
		return 0;
	/* While a process is not dumpable its files in /proc belong to the host's root. */
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	if (process->apparmor_profile && apply_apparmor(process->apparmor_profile, err) < 0)
		return error_prefix(err, "process.apparmorProfile '%s'", process->apparmor_profile);
	if (process->selinux_label &&
	    procfs_write("thread-self/attr/exec", process->selinux_label, err) < 0)
		return error_prefix(err, "process.selinuxLabel '%s'", process->selinux_label);
	return 0;
}

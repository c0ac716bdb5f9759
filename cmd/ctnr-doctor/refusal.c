/* SPDX-License-Identifier: Apache-2.0 */
#include "refusal.h"

#include "check.h"
#include "sysctl.h"

#include "base/alloc.h"
#include "system/fd.h"
#include "system/path.h"
#include "system/process.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#define PROC_FILE_MAX (16U << 20) /* bytes of /proc/self/mountinfo */

/* Is the root directory another than that of the mount namespace? Below a chroot(2) the mount of the
 * namespace's root is not shown. A chroot into a mount point shows that mount as the root, and cannot
 * be told from a root that pivot_root(2) made. */
static bool is_below_chroot(void)
{
	autostr struct str text = STR_INIT;

	if (file_read_at(AT_FDCWD, "/proc/self/mountinfo", PROC_FILE_MAX, &text, NULL) < 0)
		return false;
	for (char *save = NULL, *line = strtok_r(text.data, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		/* "36 35 98:0 /mnt1 /mnt2 rw,...": the fifth field is the mount point. */
		const char *field = line;

		for (int i = 0; field && i < 4; i++) {
			field = strchr(field, ' ');
			field += field != NULL;
		}
		if (field && strncmp(field, "/ ", 2) == 0)
			return false;
	}
	return true;
}

/* Does a seccomp filter decide about our system calls? */
static bool is_filtered(void)
{
	autostr struct str text = STR_INIT;

	return file_read_at(AT_FDCWD, "/proc/self/status", PROC_FILE_MAX, &text, NULL) == 0 &&
	       strstr(text.data, "\nSeccomp:\t2\n");
}

void refusal_append_apparmor_hint(struct str *hint)
{
	autofree char *profile = process_share("apparmor.d/ctnr", NULL);

	str_appendf(
		hint,
		"install -m 644 %s /etc/apparmor.d/ctnr && apparmor_parser -r /etc/apparmor.d/ctnr",
		profile ? profile : "scripts/share/apparmor.d/ctnr");
}

void refusal_explain(struct str *cause, struct str *hint)
{
	if (is_below_chroot()) {
		str_append(cause, "this is a chroot, in which the kernel makes none");
		str_append(hint,
			   "run ctnr outside of it, or enter the tree by pivot_root in a mount "
			   "namespace");
	} else if (sysctl_number(SYSCTL_APPARMOR_USERNS) == 1) {
		str_append(cause, "AppArmor allows them to programs that have a profile");
		refusal_append_apparmor_hint(hint);
	} else if (is_filtered()) {
		str_append(cause, "a seccomp filter is in force, perhaps of a container around");
		str_append(hint, "allow unshare and clone with CLONE_NEWUSER in that filter");
	} else {
		str_append(cause, "a chroot, a security module or a container around may be why");
	}
}

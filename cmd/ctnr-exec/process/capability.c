/* SPDX-License-Identifier: Apache-2.0 */
#include "process/capability.h"

#include "system/capability.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/prctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static int get(struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3])
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };

	return (int)syscall(SYS_capget, &header, data);
}

int capabilities_bound(const struct capabilities *c, struct error *err)
{
	for (int i = 0; i < 64; i++) {
		if (c->bounding >> i & 1)
			continue;
		if (prctl(PR_CAPBSET_DROP, i, 0, 0, 0) == 0)
			continue;
		if (errno == EINVAL && i >= CAPABILITY_NAMES)
			break; /* the kernel's last one was before */
		return error_errno(err, "cannot drop capability %d from the bounding set", i);
	}
	if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0)
		return error_errno(err, "cannot keep capabilities");
	return 0;
}

int capabilities_apply(const struct capabilities *c, struct error *err)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { 0 };
	struct __user_cap_data_struct have[_LINUX_CAPABILITY_U32S_3] = { 0 };

	if (get(have) < 0)
		return error_errno(err, "cannot read our capabilities");
	for (int word = 0; word < _LINUX_CAPABILITY_U32S_3; word++) {
		int shift = 32 * word;

		/* What the caller does not have cannot be given, and no more than that. */
		data[word].permitted = (uint32_t)(c->permitted >> shift) & have[word].permitted;
		data[word].effective = (uint32_t)(c->effective >> shift) & data[word].permitted;
		data[word].inheritable = (uint32_t)(c->inheritable >> shift) & have[word].permitted;
	}
	if (syscall(SYS_capset, &header, data) < 0)
		return error_errno(err, "cannot set capabilities");
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0)
		return error_errno(err, "cannot clear ambient capabilities");
	for (int i = 0; i < CAPABILITY_NAMES; i++) {
		/* The kernel's rule; "runc spec" writes ambient sets that break it, and runc and
		 * crun go without them too. */
		if (!(c->ambient & c->inheritable & c->permitted & UINT64_C(1) << i))
			continue;
		if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, i, 0, 0) < 0)
			return error_errno(err, "cannot raise ambient capability '%s'",
					   capability_name(i));
	}
	return 0;
}

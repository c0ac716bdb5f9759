/* SPDX-License-Identifier: Apache-2.0 */
#include "process/capability.h"

#include "base/message.h"
#include "system/capability.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/prctl.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The bit of "CAP_NAME", written so (runtime-spec); -1 when there is no such capability here. */
static int find(const char *name)
{
	int number = capability_number(name);

	if (number < 0 || strcmp(name, capability_name(number)) != 0)
		return -1;
	return prctl(PR_CAPBSET_READ, number, 0, 0, 0) < 0 ? -1 : number;
}

static int read_set(const struct jnode *object, const char *key, uint64_t *warned, uint64_t *ret,
		    struct error *err)
{
	struct jnode list = jnode_member(object, key);
	size_t len;

	if (jnode_array(&list, &len, err) < 0)
		return -1;
	for (size_t i = 0; i < len; i++) {
		struct jnode item = jnode_element(&list, i);
		const char *name;
		int bit;

		if (jnode_string(&item, &name, err) < 0)
			return -1;
		bit = find(name);
		if (bit >= 0)
			*ret |= UINT64_C(1) << bit;
		else if (!(*warned)++)
			message_warning(
				"config.json: capability '%s' is not known here, ignoring it",
				name);
	}
	return 0;
}

int capabilities_read(const struct jnode *process, struct capabilities *ret, struct error *err)
{
	struct jnode object = jnode_member(process, "capabilities");
	uint64_t warned = 0;

	if (jnode_object(&object, err) < 0 ||
	    read_set(&object, "bounding", &warned, &ret->bounding, err) < 0 ||
	    read_set(&object, "effective", &warned, &ret->effective, err) < 0 ||
	    read_set(&object, "permitted", &warned, &ret->permitted, err) < 0 ||
	    read_set(&object, "inheritable", &warned, &ret->inheritable, err) < 0 ||
	    read_set(&object, "ambient", &warned, &ret->ambient, err) < 0)
		return -1;
	return 0;
}

static int get(struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3])
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };

	return (int)syscall(SYS_capget, &header, data);
}

int capability_is_effective(int capability)
{
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { 0 };

	return get(data) == 0 && (data[capability / 32].effective >> (capability % 32) & 1U);
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

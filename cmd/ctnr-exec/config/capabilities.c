/* SPDX-License-Identifier: Apache-2.0 */
#include "config/capabilities.h"

#include "base/message.h"
#include "system/capability.h"

#include <linux/prctl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>

/* The bit of "CAP_NAME", written so (runtime-spec); -1 when there is no such capability here. */
static int find_capability(const char *name)
{
	int number = capability_number(name);

	if (number < 0 || strcmp(name, capability_name(number)) != 0)
		return -1;
	return prctl(PR_CAPBSET_READ, number, 0, 0, 0) < 0 ? -1 : number;
}

static int read_set(const struct jnode *object, const char *key, bool *has_warned, uint64_t *ret,
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
		bit = find_capability(name);
		if (bit >= 0)
			*ret |= UINT64_C(1) << bit;
		else if (!*has_warned)
			message_warning(
				"config.json: capability '%s' is not known here, ignoring it",
				name);
		*has_warned |= bit < 0;
	}
	return 0;
}

int capabilities_read(const struct jnode *process, struct capabilities *ret, struct error *err)
{
	struct jnode object = jnode_member(process, "capabilities");
	bool has_warned = false;

	if (jnode_object(&object, err) < 0 ||
	    read_set(&object, "bounding", &has_warned, &ret->bounding, err) < 0 ||
	    read_set(&object, "effective", &has_warned, &ret->effective, err) < 0 ||
	    read_set(&object, "permitted", &has_warned, &ret->permitted, err) < 0 ||
	    read_set(&object, "inheritable", &has_warned, &ret->inheritable, err) < 0 ||
	    read_set(&object, "ambient", &has_warned, &ret->ambient, err) < 0)
		return -1;
	return 0;
}

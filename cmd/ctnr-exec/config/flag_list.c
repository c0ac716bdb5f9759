/* SPDX-License-Identifier: Apache-2.0 */
#include "config/flag_list.h"

#include <string.h>

static int read_flag(const struct jnode *node, const struct flag_name *names, size_t n,
		     uint64_t *flags, struct error *err)
{
	const char *name;

	if (jnode_string(node, &name, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (strcmp(name, names[i].name) != 0)
			continue;
		*flags |= names[i].flag;
		return 0;
	}
	return jnode_error(node, err, "unknown flag '%s'", name);
}

int flag_list_read(const struct jnode *list, const struct flag_name *names, size_t n, uint64_t *ret,
		   struct error *err)
{
	uint64_t flags = 0;
	size_t len;

	if (jnode_array(list, &len, err) < 0)
		return -1;
	for (size_t i = 0; i < len; i++) {
		struct jnode item = jnode_element(list, i);

		if (read_flag(&item, names, n, &flags, err) < 0)
			return -1;
	}
	*ret = flags;
	return 0;
}

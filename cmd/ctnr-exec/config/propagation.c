/* SPDX-License-Identifier: Apache-2.0 */
#include "config/propagation.h"

#include "base/cleanup.h"

#include <string.h>
#include <sys/mount.h>

static const struct {
	const char *name; /* with or without 'r' before */
	uint64_t first;
	uint64_t root;
} propagations[] = {
	{ "", MS_PRIVATE, 0 },
	{ "private", MS_PRIVATE, 0 },
	{ "slave", MS_SLAVE, 0 },
	{ "shared", MS_PRIVATE, MS_SHARED },
	{ "unbindable", MS_PRIVATE, MS_UNBINDABLE },
};

int propagation_config_read(const struct jnode *linux_node, struct propagation_config *ret,
			    struct error *err)
{
	struct jnode node = jnode_member(linux_node, "rootfsPropagation");
	const char *name = "";

	if (jnode_string_opt(&node, &name, err) < 0)
		return -1;
	for (size_t i = 0; i < array_size(propagations); i++) {
		bool is_recursive =
			i > 0 && name[0] == 'r' && strcmp(name + 1, propagations[i].name) == 0;

		if (!is_recursive && strcmp(name, propagations[i].name) != 0)
			continue;
		ret->first = propagations[i].first;
		ret->root = propagations[i].root;
		ret->is_recursive = is_recursive;
		return 0;
	}
	return jnode_error(&node, err, "'%s' is no kind of propagation", name);
}

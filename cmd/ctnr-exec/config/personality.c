/* SPDX-License-Identifier: Apache-2.0 */
#include "config/personality.h"

#include <string.h>
#include <sys/personality.h>

int personality_config_read(const struct jnode *linux_node, struct personality_config *ret,
			    struct error *err)
{
	struct jnode object = jnode_member(linux_node, "personality");
	struct jnode domain = jnode_member(&object, "domain");
	struct jnode flags = jnode_member(&object, "flags");
	struct jnode flag = jnode_element(&flags, 0);
	const char *name;
	size_t len;

	if (jnode_object(&object, err) < 0)
		return -1;
	if (!jnode_is_present(&object) || json_object_size(object.value) == 0)
		return 0;
	if (jnode_string(&domain, &name, err) < 0 || jnode_array(&flags, &len, err) < 0)
		return -1;
	if (len)
		return jnode_error(&flag, err, "the specification has no flags");
	if (strcmp(name, "LINUX") != 0 && strcmp(name, "LINUX32") != 0)
		return jnode_error(&domain, err, "expected LINUX or LINUX32, got '%s'", name);
	ret->is_asked = true;
	ret->persona = strcmp(name, "LINUX32") == 0 ? PER_LINUX32 : PER_LINUX;
	return 0;
}

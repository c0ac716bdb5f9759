/* SPDX-License-Identifier: Apache-2.0 */
#include "config/environment.h"

#include <string.h>

/* environ(7): what a program reads are entries NAME=VALUE. Others would be passed on, and seen or not
 * by chance. */
int environment_read(const struct jnode *list, struct strlist *ret, struct error *err)
{
	if (jnode_strings(list, ret, err) < 0)
		return -1;
	for (size_t i = 0; i < ret->len; i++) {
		struct jnode item = jnode_element(list, i);

		if (!strchr(ret->items[i], '=') || ret->items[i][0] == '=')
			return jnode_error(&item, err, "expected NAME=VALUE, got '%s'",
					   ret->items[i]);
	}
	return 0;
}

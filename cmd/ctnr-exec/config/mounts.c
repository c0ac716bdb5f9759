/* SPDX-License-Identifier: Apache-2.0 */
#include "config/mounts.h"

#include "base/alloc.h"

#include <string.h>

void mounts_config_release(struct mounts_config *mounts)
{
	for (size_t i = 0; i < mounts->len; i++)
		mount_options_release(&mounts->items[i].options);
	free(steal(&mounts->items));
	mounts->len = 0;
}

static int read_mount(const struct jnode *entry, struct mount_config *ret, struct error *err)
{
	struct jnode destination = jnode_member(entry, "destination");
	struct jnode type = jnode_member(entry, "type");
	struct jnode source = jnode_member(entry, "source");
	struct jnode options = jnode_member(entry, "options");
	struct jnode uids = jnode_member(entry, "uidMappings");

	ret->type = "none";
	if (jnode_is_present(&uids))
		return jnode_error(&uids, err,
				   "mounts with ID maps of their own are not supported");
	if (jnode_string(&destination, &ret->destination, err) < 0 ||
	    jnode_string_opt(&type, &ret->type, err) < 0 ||
	    jnode_string_opt(&source, &ret->source, err) < 0 ||
	    mount_options_read(&options, &ret->options, err) < 0)
		return -1;
	if (ret->options.binding == MOUNT_NEW && strcmp(ret->type, "bind") == 0)
		ret->options.binding = MOUNT_BIND;
	if (ret->options.binding != MOUNT_NEW && !ret->source)
		return jnode_error(entry, err, "a bind mount without a source");
	return 0;
}

int mounts_config_read(const struct jnode *root, struct mounts_config *ret, struct error *err)
{
	struct jnode list = jnode_member(root, "mounts");
	size_t len;

	if (jnode_array(&list, &len, err) < 0)
		return -1;
	ret->items = len ? xcalloc(len, sizeof(*ret->items)) : NULL;
	while (ret->len < len) {
		struct jnode entry = jnode_element(&list, ret->len);

		if (read_mount(&entry, &ret->items[ret->len++], err) < 0)
			return -1;
	}
	return 0;
}

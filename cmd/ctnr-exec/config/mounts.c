/* SPDX-License-Identifier: Apache-2.0 */
#include "config/mounts.h"

#include "config/refusal.h"

#include "base/alloc.h"
#include "base/str.h"
#include "oci/runtime.h"
#include "system/path.h"

#include <string.h>

void mounts_config_release(struct mounts_config *mounts)
{
	for (size_t i = 0; i < mounts->len; i++)
		mount_options_release(&mounts->items[i].options);
	free(steal(&mounts->items));
	mounts->len = 0;
}

/* ID maps of a mount's own; an empty array asks for none. */
static int refuse_idmap(const struct jnode *entry, const char *key, struct error *err)
{
	struct jnode maps = jnode_member(entry, key);
	size_t len;

	if (jnode_array(&maps, &len, err) < 0)
		return -1;
	return len ? jnode_error(&maps, err, "mounts with ID maps of their own are not supported")
		   : 0;
}

/* A mount there would cover the root, and the process, which is in the root, would not see it. */
static bool is_root(const char *destination)
{
	autostr struct str clean = STR_INIT;

	path_clean(destination, PATH_DOTDOT_KEPT, &clean);
	return clean.len == 0;
}

static int read_mount(const struct jnode *entry, struct mount_config *ret, struct error *err)
{
	struct jnode destination = jnode_member(entry, "destination");
	struct jnode type = jnode_member(entry, "type");
	struct jnode source = jnode_member(entry, "source");
	struct jnode options = jnode_member(entry, "options");

	ret->type = "none";
	if (refuse_idmap(entry, "uidMappings", err) < 0 ||
	    refuse_idmap(entry, "gidMappings", err) < 0)
		return -1;
	if (jnode_string(&destination, &ret->destination, err) < 0 ||
	    jnode_string_opt(&type, &ret->type, err) < 0 ||
	    jnode_string_opt(&source, &ret->source, err) < 0 ||
	    mount_options_read(&options, &ret->options, err) < 0)
		return -1;
	if (is_root(ret->destination))
		return jnode_error(&destination, err, "'%s' is the root itself", ret->destination);
	/* Required to be absolute since 1.0.0; older configs have others, and runc and crun take them so. */
	if (ret->destination[0] != '/')
		refusal_warn(&destination, "not absolute, beginning at the root");
	if (ret->options.binding == MOUNT_NEW && strcmp(ret->type, "bind") == 0)
		ret->options.binding = MOUNT_BIND;
	if (ret->options.binding != MOUNT_NEW && !ret->source)
		return jnode_error(entry, err, "a bind mount without a source");
	if (ret->options.binding == MOUNT_NEW && strcmp(ret->type, "none") == 0)
		return jnode_error(entry, err,
				   "it has no type, and its options have neither bind nor rbind");
	/* Nothing is below a new filesystem: "rro" is "ro". */
	if (ret->options.binding == MOUNT_NEW)
		mount_options_flatten(&ret->options);
	return 0;
}

int mounts_config_read(const struct jnode *root, struct mounts_config *ret, struct error *err)
{
	struct jnode list = jnode_member(root, "mounts");
	size_t len;

	if (jnode_array(&list, &len, err) < 0)
		return -1;
	if (len > RUNTIME_MOUNTS_MAX)
		return jnode_error(&list, err, "more than %d mounts", RUNTIME_MOUNTS_MAX);
	ret->items = len ? xcalloc(len, sizeof(*ret->items)) : NULL;
	while (ret->len < len) {
		struct jnode entry = jnode_element(&list, ret->len);

		if (read_mount(&entry, &ret->items[ret->len++], err) < 0)
			return -1;
	}
	return 0;
}

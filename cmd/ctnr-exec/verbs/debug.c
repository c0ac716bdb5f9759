/* SPDX-License-Identifier: Apache-2.0 */
#include "verbs/debug.h"

#include "base/message.h"
#include "base/str.h"

static const char *const userns_words[] = {
	[USERNS_NONE] = "the present one",
	[USERNS_SELF] = "new, of one ID",
	[USERNS_HELPED] = "new, mapped by newuidmap and newgidmap",
	[USERNS_INNER] = "new, mapped by us",
	[USERNS_PATH] = "joined",
};

static void append_namespaces(const struct namespaces_config *n, struct str *ret)
{
	for (int type = 0; type < NAMESPACE_TYPE_MAX; type++) {
		const char *name = runtime_namespaces[type].name;

		if (namespaces_config_is_new(n, (enum namespace_type)type))
			str_appendf(ret, "%s%s", ret->len ? ", " : "", name);
		else if (n->wanted[type])
			str_appendf(ret, "%s%s of '%s'", ret->len ? ", " : "", name,
				    n->paths[type]);
	}
}

void debug_container(const struct container *c)
{
	const struct config *config = &c->config;
	autostr struct str namespaces = STR_INIT;

	if (!message_debug_is_enabled())
		return;
	append_namespaces(&config->namespaces, &namespaces);
	message_debug("container '%s': bundle '%s', state '%s'", c->id, c->bundle.path,
		      c->state.path);
	message_debug("root filesystem: '%s', %s, %zu mounts, %zu devices", config->root_path,
		      c->overlay_options ? "an overlay" : "as it is", config->mounts.len,
		      config->devices.len);
	message_debug("user namespace: %s", userns_words[c->namespaces.userns]);
	message_debug("namespaces: %s", namespaces.data);
	message_debug("seccomp: a filter of %zu instructions", c->filter.len);
	message_debug("command: '%s' as %u:%u in '%s'", config->process.args.items[0],
		      config->process.uid, config->process.gid, config->process.cwd);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "namespace.h"

#include "opts.h"

#include "oci/runtime.h"

#include <string.h>
#include <unistd.h>

static const char *const network_names[] = {
	[NETWORK_HOST] = "host", [NETWORK_NONE] = "none", NULL
};

const struct option namespace_options[] = {
	{ "network", 0, "MODE", "host or none", OPTION_CHOICE,
	  offsetof(struct namespace_opts, network), network_names },
	OPTION_END,
};

/* The entry of that type, borrowed, and where it stands (ret_index may be NULL); or NULL. */
static json_t *find_namespace(const json_t *namespaces, const char *type, size_t *ret_index)
{
	for (size_t i = 0; i < json_array_size(namespaces); i++) {
		json_t *entry = json_array_get(namespaces, i);
		const char *have = json_string_value(json_object_get(entry, "type"));

		if (have && strcmp(have, type) == 0) {
			if (ret_index)
				*ret_index = i;
			return entry;
		}
	}
	return NULL;
}

bool namespace_is_present(const json_t *config, const char *type)
{
	const json_t *linux_object = json_object_get(config, "linux");

	return find_namespace(json_object_get(linux_object, "namespaces"), type, NULL) != NULL;
}

static void add_namespace(json_t *namespaces, const char *type)
{
	if (!find_namespace(namespaces, type, NULL))
		json_array_append_new(namespaces, json_pack("{s:s}", "type", type));
}

static void remove_namespaces(json_t *namespaces, const char *type)
{
	size_t index;

	while (find_namespace(namespaces, type, &index))
		json_array_remove(namespaces, index);
}

int namespace_read_identity(struct spec *spec, struct error *err)
{
	struct identity *identity = &spec->identity;
	struct jnode root = jnode_root(spec->config, RUNTIME_CONFIG_FILE);
	struct jnode linux_node = jnode_member(&root, "linux");
	struct jnode uids = jnode_member(&linux_node, "uidMappings");
	struct jnode gids = jnode_member(&linux_node, "gidMappings");
	struct identity own;

	spec->has_user_namespace = namespace_is_present(spec->config, "user");
	identity->rung = IDENTITY_PRIVILEGED;
	identity->uids = identity->gids = (struct idmap) { { { 0, 0, UINT32_MAX } }, 1 };
	if (!spec->has_user_namespace || !jnode_is_present(&uids) || !jnode_is_present(&gids))
		return 0;
	if (runtime_read_idmap(&uids, &identity->uids, err) < 0 ||
	    runtime_read_idmap(&gids, &identity->gids, err) < 0)
		return -1;
	identity->rung = IDENTITY_SUBORDINATE;
	if (identity->uids.len == 1 && identity->uids.ranges[0].count == 1 &&
	    identity->gids.len == 1 && identity->gids.ranges[0].count == 1) {
		identity->rung = IDENTITY_SINGLE;
		identity->uid = identity->uids.ranges[0].outside;
		identity->gid = identity->gids.ranges[0].outside;
		return 0;
	}
	/* The config does not say which user's maps these are: that is the caller. */
	if (identity_probe(&own, err) < 0)
		return -1;
	identity->uid = own.uid;
	identity->gid = own.gid;
	memcpy(identity->newuidmap, own.newuidmap, sizeof(own.newuidmap));
	memcpy(identity->newgidmap, own.newgidmap, sizeof(own.newgidmap));
	return 0;
}

/* With one ID the maps follow the user, so they are written when either is new. */
static void apply_maps(const struct spec *spec, json_t *linux_object)
{
	const struct identity *identity = &spec->identity;

	if (!spec->has_user_namespace)
		return;
	if (!spec->image && (identity->rung != IDENTITY_SINGLE || !spec->opts->process.user))
		return;
	json_object_set_new(linux_object, "uidMappings", runtime_idmap_to_json(&identity->uids));
	json_object_set_new(linux_object, "gidMappings", runtime_idmap_to_json(&identity->gids));
}

int namespace_apply(struct spec *spec, struct error *err)
{
	static const char *const always[] = { "pid", "ipc", "uts", "mount" };
	json_t *linux_object = spec_config_member(spec, "linux", JSON_OBJECT, err);
	json_t *namespaces =
		linux_object ? spec_member(linux_object, "linux", "namespaces", JSON_ARRAY, err)
			     : NULL;

	if (!namespaces)
		return -1;
	if (spec->image) {
		for (size_t i = 0; i < array_size(always); i++)
			add_namespace(namespaces, always[i]);
		if (access("/proc/self/ns/cgroup", F_OK) == 0)
			add_namespace(namespaces, "cgroup");
		if (spec->has_user_namespace)
			add_namespace(namespaces, "user");
	}
	if (spec->opts->namespace.network == NETWORK_NONE)
		add_namespace(namespaces, "network");
	else if (spec->opts->namespace.network == NETWORK_HOST)
		remove_namespaces(namespaces, "network");
	apply_maps(spec, linux_object);
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "namespace.h"

#include <string.h>
#include <unistd.h>

static json_t *find(const json_t *namespaces, const char *type, size_t *ret_index)
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

	return find(json_object_get(linux_object, "namespaces"), type, NULL) != NULL;
}

static void add(json_t *namespaces, const char *type)
{
	if (!find(namespaces, type, NULL))
		json_array_append_new(namespaces, json_pack("{s:s}", "type", type));
}

static void remove_type(json_t *namespaces, const char *type)
{
	size_t index;

	while (find(namespaces, type, &index))
		json_array_remove(namespaces, index);
}

static json_t *map_to_json(const struct idmap *map)
{
	json_t *array = json_array();

	for (size_t i = 0; i < map->len; i++) {
		const struct idmap_range *r = &map->ranges[i];

		json_array_append_new(array, json_pack("{s:I, s:I, s:I}", "containerID",
						       (json_int_t)r->inside, "hostID",
						       (json_int_t)r->outside, "size",
						       (json_int_t)r->count));
	}
	return array;
}

static int map_from_json(const struct jnode *node, struct idmap *ret, struct error *err)
{
	size_t len;

	if (jnode_array(node, &len, err) < 0)
		return -1;
	if (len > IDMAP_RANGES_MAX)
		return jnode_error(node, err, "more than %d ranges", IDMAP_RANGES_MAX);
	for (size_t i = 0; i < len; i++) {
		struct jnode range = jnode_element(node, i);
		struct jnode inside = jnode_member(&range, "containerID");
		struct jnode outside = jnode_member(&range, "hostID");
		struct jnode size = jnode_member(&range, "size");
		int64_t values[3];

		if (jnode_integer(&inside, 0, UINT32_MAX, &values[0], err) < 0 ||
		    jnode_integer(&outside, 0, UINT32_MAX, &values[1], err) < 0 ||
		    jnode_integer(&size, 0, UINT32_MAX, &values[2], err) < 0)
			return -1;
		ret->ranges[i] = (struct idmap_range) { (uint32_t)values[0], (uint32_t)values[1],
							(uint32_t)values[2] };
	}
	ret->len = len;
	return 0;
}

int namespace_read_identity(struct spec *spec, struct error *err)
{
	struct identity *identity = &spec->identity;
	struct jnode root = jnode_root(spec->config, "config.json");
	struct jnode linux_node = jnode_member(&root, "linux");
	struct jnode uids = jnode_member(&linux_node, "uidMappings");
	struct jnode gids = jnode_member(&linux_node, "gidMappings");
	struct identity own;

	spec->has_user_namespace = namespace_is_present(spec->config, "user");
	identity->rung = IDENTITY_PRIVILEGED;
	identity->uids = identity->gids = (struct idmap) { { { 0, 0, UINT32_MAX } }, 1 };
	if (!spec->has_user_namespace || !jnode_is_present(&uids) || !jnode_is_present(&gids))
		return 0;
	if (map_from_json(&uids, &identity->uids, err) < 0 ||
	    map_from_json(&gids, &identity->gids, err) < 0)
		return -1;
	identity->rung = IDENTITY_SUBORDINATE;
	if (identity->uids.len == 1 && identity->uids.ranges[0].count == 1 &&
	    identity->gids.len == 1 && identity->gids.ranges[0].count == 1) {
		identity->rung = IDENTITY_SINGLE;
		identity->uid = identity->uids.ranges[0].outside;
		identity->gid = identity->gids.ranges[0].outside;
		return 0;
	}
	/* Who writes these maps is not in the config. */
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
	if (!spec->image && (identity->rung != IDENTITY_SINGLE || !spec->opts->user))
		return;
	json_object_set_new(linux_object, "uidMappings", map_to_json(&identity->uids));
	json_object_set_new(linux_object, "gidMappings", map_to_json(&identity->gids));
}

int namespace_apply(struct spec *spec, struct error *err)
{
	static const char *const always[] = { "pid", "ipc", "uts", "mount" };
	json_t *linux_object = spec_member(spec->config, "config.json", "linux", JSON_OBJECT, err);
	json_t *namespaces =
		linux_object ? spec_member(linux_object, "linux", "namespaces", JSON_ARRAY, err)
			     : NULL;

	if (!namespaces)
		return -1;
	if (spec->image) {
		for (size_t i = 0; i < array_size(always); i++)
			add(namespaces, always[i]);
		if (access("/proc/self/ns/cgroup", F_OK) == 0)
			add(namespaces, "cgroup");
		if (spec->has_user_namespace)
			add(namespaces, "user");
	}
	if (spec->opts->network == NETWORK_NONE)
		add(namespaces, "network");
	else if (spec->opts->network == NETWORK_HOST)
		remove_type(namespaces, "network");
	apply_maps(spec, linux_object);
	return 0;
}

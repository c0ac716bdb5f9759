/* SPDX-License-Identifier: Apache-2.0 */
#include "namespace.h"

#include "opts.h"

#include "oci/runtime.h"

#include <string.h>
#include <unistd.h>

#define PING_GROUP_RANGE "net.ipv4.ping_group_range"
#define PING_GROUP_MAX INT32_MAX /* the kernel's */

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
static bool maps_are_new(const struct spec *spec)
{
	return spec->has_user_namespace &&
	       (spec->image ||
		(spec->identity.rung == IDENTITY_SINGLE && spec->opts->process.user));
}

static void apply_maps(const struct spec *spec, json_t *linux_object)
{
	const struct identity *identity = &spec->identity;

	if (!maps_are_new(spec))
		return;
	json_object_set_new(linux_object, "uidMappings", runtime_idmap_to_json(&identity->uids));
	json_object_set_new(linux_object, "gidMappings", runtime_idmap_to_json(&identity->gids));
}

/* A network namespace that is made, not joined. */
static bool is_new(const json_t *namespaces, const char *type)
{
	const json_t *entry = find_namespace(namespaces, type, NULL);

	return entry && !json_object_get(entry, "path");
}

/* The groups that may ask by ICMP without a capability: all, as far as they are mapped. The kernel takes
 * the two ends and compares them as they are outside; where these are in the other order it would let
 * no group, so it gets the process's own. */
static json_t *ping_groups(const struct spec *spec)
{
	const struct idmap *gids = &spec->identity.gids;
	const json_t *process = json_object_get(spec->config, "process");
	json_int_t gid =
		json_integer_value(json_object_get(json_object_get(process, "user"), "gid"));
	uint32_t first = PING_GROUP_MAX, last = 0, first_outside = 0, last_outside = 0;

	for (size_t i = 0; i < gids->len; i++) {
		uint64_t end = (uint64_t)gids->ranges[i].inside + gids->ranges[i].count - 1;

		if (gids->ranges[i].inside < first)
			first = gids->ranges[i].inside;
		if (end > last)
			last = end < PING_GROUP_MAX ? (uint32_t)end : PING_GROUP_MAX;
	}
	if (!idmap_to_outside(gids, first, &first_outside) ||
	    !idmap_to_outside(gids, last, &last_outside) || first_outside > last_outside)
		return json_sprintf("%lld %lld", (long long)gid, (long long)gid);
	return json_sprintf("%u %u", first, last);
}

/* Forget what was said for a network namespace that is there no more. */
static void drop_ping_groups(json_t *linux_object)
{
	json_t *sysctl = json_object_get(linux_object, "sysctl");

	if (json_object_del(sysctl, PING_GROUP_RANGE) == 0 && !json_object_size(sysctl))
		json_object_del(linux_object, "sysctl");
}

/* A new network namespace lets no group ask by ICMP, and the container has no CAP_NET_RAW. What an
 * edited config says of it stays while the maps do. */
static int apply_ping_groups(const struct spec *spec, json_t *linux_object, struct error *err)
{
	enum network_mode network = spec->opts->namespace.network;
	bool is_edit = !spec->image;
	json_t *sysctl;
	bool is_said;

	if (network == NETWORK_HOST)
		drop_ping_groups(linux_object);
	if (!is_new(json_object_get(linux_object, "namespaces"), "network"))
		return 0;
	is_said = json_object_get(json_object_get(linux_object, "sysctl"), PING_GROUP_RANGE);
	if (is_edit && (is_said ? !maps_are_new(spec) : network != NETWORK_NONE))
		return 0;
	sysctl = spec_member(linux_object, "linux", "sysctl", JSON_OBJECT, err);
	if (!sysctl)
		return -1;
	json_object_set_new(sysctl, PING_GROUP_RANGE, ping_groups(spec));
	return 0;
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
	return apply_ping_groups(spec, linux_object, err);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/runtime.h"

#include "system/path.h"

#include <ctype.h>
#include <sched.h>
#include <string.h>
#include <sys/stat.h>

/* Skip a number without leading zeros; NULL when there is none. */
static const char *skip_number(const char *text)
{
	size_t len = strspn(text, "0123456789");

	return len == 0 || (*text == '0' && len > 1) ? NULL : text + len;
}

/* Skip the identifiers of a pre-release or a build ("rc.5"): letters, digits and hyphens between
 * dots, none of them empty. numbers_are_plain: a number has no leading zeros. */
static const char *skip_identifiers(const char *p, bool numbers_are_plain)
{
	for (;; p++) {
		const char *start = p;
		bool is_number = true;

		for (; isalnum((unsigned char)*p) || *p == '-'; p++)
			is_number &= isdigit((unsigned char)*p) != 0;
		if (p == start ||
		    (numbers_are_plain && is_number && *start == '0' && p > start + 1))
			return NULL;
		if (*p != '.')
			return p;
	}
}

static bool is_semantic_version(const char *text)
{
	const char *p = skip_number(text);

	for (int i = 0; i < 2; i++)
		p = p && *p == '.' ? skip_number(p + 1) : NULL;
	if (p && *p == '-')
		p = skip_identifiers(p + 1, true);
	if (p && *p == '+')
		p = skip_identifiers(p + 1, false);
	return p && !*p;
}

int runtime_check_version(const struct jnode *node, struct error *err)
{
	const char *version;

	if (jnode_string(node, &version, err) < 0)
		return -1;
	if (!is_semantic_version(version))
		return jnode_error(node, err, "'%s' is no version, as " RUNTIME_SPEC_VERSION " is",
				   version);
	if (strncmp(version, "1.", 2) != 0)
		return jnode_error(node, err, "version '%s' is not supported, only 1.x is",
				   version);
	return 0;
}

int runtime_check_annotations(const struct jnode *node, struct error *err)
{
	const char *key;
	json_t *value;

	if (jnode_object(node, err) < 0)
		return -1;
	if (!jnode_is_present(node))
		return 0;
	json_object_foreach ((json_t *)(uintptr_t)node->value, key, value) {
		struct jnode annotation = jnode_member(node, key);

		if (!*key)
			return jnode_error(node, err, "an annotation has an empty name");
		/* A text that C cannot have is one too: nobody here reads it. */
		if (jnode_is_present(&annotation) && jnode_check_string(&annotation, err) < 0)
			return -1;
	}
	return 0;
}

const struct runtime_namespace runtime_namespaces[NAMESPACE_TYPE_MAX] = {
	[NAMESPACE_USER] = { "user", "user", CLONE_NEWUSER },
	[NAMESPACE_PID] = { "pid", "pid", CLONE_NEWPID },
	[NAMESPACE_MOUNT] = { "mount", "mnt", CLONE_NEWNS },
	[NAMESPACE_UTS] = { "uts", "uts", CLONE_NEWUTS },
	[NAMESPACE_IPC] = { "ipc", "ipc", CLONE_NEWIPC },
	[NAMESPACE_NETWORK] = { "network", "net", CLONE_NEWNET },
	[NAMESPACE_CGROUP] = { "cgroup", "cgroup", CLONE_NEWCGROUP },
	[NAMESPACE_TIME] = { "time", "time", CLONE_NEWTIME },
};

int runtime_namespace_find(const char *name)
{
	for (int i = 0; i < NAMESPACE_TYPE_MAX; i++)
		if (strcmp(name, runtime_namespaces[i].name) == 0)
			return i;
	return -1;
}

const struct runtime_device runtime_devices[RUNTIME_DEVICES] = {
	{ "/dev/null", S_IFCHR, 1, 3, 0666 },    { "/dev/zero", S_IFCHR, 1, 5, 0666 },
	{ "/dev/full", S_IFCHR, 1, 7, 0666 },    { "/dev/random", S_IFCHR, 1, 8, 0666 },
	{ "/dev/urandom", S_IFCHR, 1, 9, 0666 }, { "/dev/tty", S_IFCHR, 5, 0, 0666 },
};

const struct runtime_device *runtime_device_find(const char *path)
{
	for (size_t i = 0; i < array_size(runtime_devices); i++)
		if (strcmp(path, runtime_devices[i].path) == 0)
			return &runtime_devices[i];
	return NULL;
}

static int read_range(const struct jnode *range, struct idmap *map, struct error *err)
{
	struct jnode inside_node = jnode_member(range, "containerID");
	struct jnode outside_node = jnode_member(range, "hostID");
	struct jnode size_node = jnode_member(range, "size");
	int64_t inside, outside, size;
	struct error cause;

	if (jnode_integer(&inside_node, 0, IDMAP_ID_MAX, &inside, err) < 0 ||
	    jnode_integer(&outside_node, 0, IDMAP_ID_MAX, &outside, err) < 0 ||
	    jnode_integer(&size_node, 1, UINT32_MAX, &size, err) < 0)
		return -1;
	if (idmap_add(map, (uint64_t)inside, (uint64_t)outside, (uint64_t)size, &cause) < 0)
		return jnode_error(range, err, "%s", cause.message);
	return 0;
}

int runtime_read_idmap(const struct jnode *node, struct idmap *ret, struct error *err)
{
	size_t len;

	ret->len = 0;
	if (jnode_array(node, &len, err) < 0)
		return -1;
	for (size_t i = 0; i < len; i++) {
		struct jnode range = jnode_element(node, i);

		if (read_range(&range, ret, err) < 0)
			return -1;
	}
	return 0;
}

json_t *runtime_idmap_to_json(const struct idmap *map)
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

bool runtime_is_kernel_path(const char *path)
{
	return path_is_below(path, "/dev") || path_is_below(path, "/proc") ||
	       path_is_below(path, "/sys");
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Profiles from files. What linux.seccomp of the runtime specification has is kept; what Docker and
 * Podman add (archMap instead of architectures, includes and excludes per rule, "name" beside
 * "names") is decided and taken out.
 */
#include "capability.h"
#include "input.h"
#include "seccomp.h"
#include "seccomp_architecture.h"

#include "oci/runtime.h"
#include "system/fd.h"
#include "system/kernel.h"

#include <string.h>

/* Docker's architecture names for the conditions: Go's. */
static const char *const go_names[][2] = {
	{ "SCMP_ARCH_X86_64", "amd64" },    { "SCMP_ARCH_X86", "x86" },
	{ "SCMP_ARCH_X32", "x32" },         { "SCMP_ARCH_AARCH64", "arm64" },
	{ "SCMP_ARCH_ARM", "arm" },         { "SCMP_ARCH_PPC64LE", "ppc64le" },
	{ "SCMP_ARCH_RISCV64", "riscv64" }, { "SCMP_ARCH_S390X", "s390x" },
};

static bool is_native(const char *go_name)
{
	const char *native = seccomp_architectures()[0];

	for (size_t i = 0; native && i < array_size(go_names); i++)
		if (strcmp(go_names[i][0], native) == 0)
			return strcmp(go_names[i][1], go_name) == 0;
	return false;
}

static bool has_capability(const char *name, uint64_t capabilities)
{
	uint64_t bit;

	return capability_parse(name, &bit, NULL) == 0 && (capabilities & bit);
}

/* Is the running kernel that version ("5.15") or newer? */
static bool is_kernel_new_enough(const char *text)
{
	struct kernel_version wanted;

	return kernel_version_parse(text, &wanted) == 0 && kernel_is_at_least(wanted);
}

/* How many entries of a list of strings hold. */
static size_t count_holding(const json_t *list, bool (*holds)(const char *, uint64_t),
			    uint64_t capabilities)
{
	size_t n = 0, i;
	const json_t *entry;

	json_array_foreach (list, i, entry) {
		if (json_is_string(entry) && holds(json_string_value(entry), capabilities))
			n++;
	}
	return n;
}

static bool arch_holds(const char *name, uint64_t unused)
{
	(void)unused;
	return is_native(name);
}

/* All capabilities and one of the architectures must be there; of excludes none. */
static bool rule_applies(const json_t *rule, uint64_t capabilities)
{
	const json_t *includes = json_object_get(rule, "includes");
	const json_t *excludes = json_object_get(rule, "excludes");
	const json_t *caps = json_object_get(includes, "caps");
	const json_t *arches = json_object_get(includes, "arches");
	const char *kernel = json_string_value(json_object_get(includes, "minKernel"));

	if (count_holding(caps, has_capability, capabilities) < json_array_size(caps))
		return false;
	if (json_array_size(arches) && !count_holding(arches, arch_holds, 0))
		return false;
	if (kernel && !is_kernel_new_enough(kernel))
		return false;
	if (count_holding(json_object_get(excludes, "caps"), has_capability, capabilities) ||
	    count_holding(json_object_get(excludes, "arches"), arch_holds, 0))
		return false;
	kernel = json_string_value(json_object_get(excludes, "minKernel"));
	return !kernel || !is_kernel_new_enough(kernel);
}

/* What is left of Docker's rule once its conditions are decided. */
static void clean_rule(json_t *rule)
{
	static const char *const extras[] = { "includes", "excludes", "comment", "name", "errno" };
	json_t *name = json_object_get(rule, "name");

	if (json_is_string(name) && *json_string_value(name) && !json_object_get(rule, "names"))
		json_object_set_new(rule, "names", json_pack("[O]", name));
	for (size_t i = 0; i < array_size(extras); i++)
		json_object_del(rule, extras[i]);
	if (json_is_null(json_object_get(rule, "args")))
		json_object_del(rule, "args");
}

/* The entry of archMap whose architecture is this machine's. */
static json_t *choose_architectures(const json_t *map)
{
	const char *native = seccomp_architectures()[0];
	size_t i, j;
	json_t *entry, *sub;

	json_array_foreach (map, i, entry) {
		json_t *architecture = json_object_get(entry, "architecture");
		json_t *chosen;

		if (!native || !json_is_string(architecture) ||
		    strcmp(json_string_value(architecture), native) != 0)
			continue;
		chosen = json_pack("[O]", architecture);
		json_array_foreach (json_object_get(entry, "subArchitectures"), j, sub) {
			json_array_append(chosen, sub);
		}
		return chosen;
	}
	return NULL;
}

static int resolve_profile(json_t *profile, uint64_t capabilities, struct error *err)
{
	struct jnode root = jnode_root(profile, "profile");
	struct jnode action = jnode_member(&root, "defaultAction");
	struct jnode rules = jnode_member(&root, "syscalls");
	json_t *map = json_object_get(profile, "archMap");
	json_t *list = json_object_get(profile, "syscalls");
	const char *text;
	size_t len;

	if (jnode_string(&action, &text, err) < 0 || jnode_array(&rules, &len, err) < 0)
		return -1;
	for (size_t i = 0; i < json_array_size(list);) {
		struct jnode rule = jnode_element(&rules, i);

		if (jnode_object(&rule, err) < 0)
			return -1;
		if (!rule_applies(rule.value, capabilities)) {
			json_array_remove(list, i);
			continue;
		}
		clean_rule(json_array_get(list, i++));
	}
	if (map) {
		json_t *chosen = choose_architectures(map);

		if (chosen)
			json_object_set_new(profile, "architectures", chosen);
		json_object_del(profile, "archMap");
	}
	json_object_del(profile, "defaultErrno");
	return 0;
}

/* Errors name the file. */
static json_t *read_profile(const char *path, struct error *err)
{
	autostr struct str text = STR_INIT;
	autoclose int fd = input_open(path, err);

	if (fd < 0)
		return NULL;
	if (fd_read_rest(fd, RUNTIME_SECCOMP_MAX, &text, err) < 0) {
		error_prefix(err, "'%s'", path);
		return NULL;
	}
	return json_parse(text.data, text.len, path, err);
}

json_t *seccomp_read(const char *path, uint64_t capabilities, struct error *err)
{
	autojson json_t *profile = read_profile(path, err);

	if (!profile) {
		error_prefix(err, "seccomp profile");
		return NULL;
	}
	if (resolve_profile(profile, capabilities, err) < 0) {
		error_prefix(err, "seccomp profile '%s'", path);
		return NULL;
	}
	return steal(&profile);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "stages.h"

#include "annotation.h"
#include "device.h"
#include "opts.h"

#include "format/json.h"
#include "oci/runtime.h"
#include "oci/runtime_default.h"

#include <string.h>

/* The members stand in the order of the runtime specification, because people read the file. */
static json_t *new_config(const struct spec *spec)
{
	return json_pack("{s:s, s:{s:s}, s:{s:b, s:{}}, s:[], s:{}}", "ociVersion",
			 RUNTIME_SPEC_VERSION_MIN, "root", "path",
			 spec->opts->rootfs ? spec->opts->rootfs : "rootfs", "process", "terminal",
			 0, "user", "mounts", "linux");
}

static int apply_root(struct spec *spec, struct error *err)
{
	json_t *root = spec_config_member(spec, "root", JSON_OBJECT, err);
	json_t *linux_object = spec_config_member(spec, "linux", JSON_OBJECT, err);

	if (!root || !linux_object)
		return -1;
	if (spec->opts->read_only == OPTION_TRUE)
		json_object_set_new(root, "readonly", json_true());
	else if (spec->opts->read_only == OPTION_FALSE)
		json_object_del(root, "readonly");
	if (spec->opts->privileged) {
		json_object_del(linux_object, "maskedPaths");
		json_object_del(linux_object, "readonlyPaths");
	} else if (spec->image) {
		json_object_set_new(linux_object, "maskedPaths", runtime_default_masked_paths());
		json_object_set_new(linux_object, "readonlyPaths",
				    runtime_default_readonly_paths());
	}
	return 0;
}

static int apply_mounts(struct spec *spec, struct error *err)
{
	if (spec->image) {
		if (mounts_apply_defaults(spec, err) < 0 || etc_apply(spec, err) < 0)
			return -1;
	} else if (spec->opts->namespace.network != NETWORK_UNSTATED || spec->opts->privileged) {
		json_t *mounts = spec_config_member(spec, "mounts", JSON_ARRAY, err);

		if (!mounts)
			return -1;
		mounts_apply_sysfs(spec, mounts);
	}
	return mounts_apply_requests(spec, err);
}

/* Does the config use what version 1.1 of the runtime specification brought: an errno for denied
 * system calls, recursive mount options? */
static bool needs_1_1(const struct spec *spec)
{
	const json_t *config = spec->config;
	const json_t *seccomp = json_object_get(json_object_get(config, "linux"), "seccomp");
	size_t i, j;
	json_t *entry, *option;

	if (spec->default_profile.len || json_object_get(seccomp, "defaultErrnoRet"))
		return true;
	json_array_foreach (json_object_get(seccomp, "syscalls"), i, entry) {
		if (json_object_get(entry, "errnoRet"))
			return true;
	}
	json_array_foreach (json_object_get(config, "mounts"), i, entry) {
		json_array_foreach (json_object_get(entry, "options"), j, option) {
			if (json_is_string(option) && strcmp(json_string_value(option), "rro") == 0)
				return true;
		}
	}
	return false;
}

/* The lowest version that the content needs; an edit never lowers what somebody wrote. */
static int apply_version(struct spec *spec, struct error *err)
{
	struct jnode root = jnode_root(spec->config, RUNTIME_CONFIG_FILE);
	struct jnode node = jnode_member(&root, "ociVersion");
	const char *have;
	bool needs_newer = needs_1_1(spec);

	if (jnode_is_present(&node)) {
		if (runtime_check_version(&node, err) < 0 || jnode_string(&node, &have, err) < 0)
			return -1;
		if (!needs_newer || !str_starts_with(have, "1.0."))
			return 0;
	}
	json_object_set_new(spec->config, "ociVersion",
			    json_string(needs_newer ? "1.1.0" : RUNTIME_SPEC_VERSION_MIN));
	return 0;
}

/* The order: the user decides the maps and the capabilities, the capabilities decide the system
 * calls, the network decides /sys and resolv.conf, and the hostname is in the environment. */
int stages_apply(struct spec *spec, struct error *err)
{
	uint64_t before;

	if (!spec->config)
		spec->config = new_config(spec);
	before = capability_bounding(spec->config);
	if (process_apply_user(spec, err) < 0 || namespace_apply(spec, err) < 0 ||
	    etc_apply_hostname(spec, err) < 0 || process_apply(spec, err) < 0 ||
	    environment_apply(spec, err) < 0 || capability_apply(spec, err) < 0 ||
	    seccomp_apply(spec, before, err) < 0 || apply_root(spec, err) < 0 ||
	    apply_mounts(spec, err) < 0 || device_apply(spec, err) < 0 ||
	    annotation_apply(spec, err) < 0)
		return -1;
	mounts_relate_sources(spec);
	return apply_version(spec, err);
}

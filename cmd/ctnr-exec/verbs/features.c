/* SPDX-License-Identifier: Apache-2.0 */
#include "verbs/features.h"

#include "config/mount_option.h"
#include "config/refusal.h"
#include "process/seccomp.h"
#include "version.h"

#include "oci/runtime.h"
#include "system/capability.h"
#include "system/fd.h"

#include <fcntl.h>
#include <linux/nsfs.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define NAMESPACES "/proc/self/ns"

static json_t *names_to_json(const struct strlist *names)
{
	json_t *array = json_array();

	for (size_t i = 0; i < names->len; i++)
		json_array_append_new(array, json_string(names->items[i]));
	return array;
}

/* CLONE_NEW* of the namespaces that the kernel has. */
static int known_namespaces(void)
{
	autostrlist struct strlist files = STRLIST_INIT;
	autoclose int dir = open(NAMESPACES, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int flags = 0;

	if (dir < 0 || dir_list_at(dir, ".", &files, NULL) < 0)
		return 0;
	for (size_t i = 0; i < files.len; i++) {
		autoclose int fd = openat(dir, files.items[i], O_RDONLY | O_CLOEXEC);
		int flag = fd < 0 ? -1 : ioctl(fd, NS_GET_NSTYPE);

		flags |= flag < 0 ? 0 : flag;
	}
	return flags;
}

static json_t *list_namespaces(void)
{
	autostrlist struct strlist names = STRLIST_INIT;
	int known = known_namespaces();

	for (int type = 0; type < NAMESPACE_TYPE_MAX; type++)
		if (known & runtime_namespaces[type].flag)
			strlist_append(&names, runtime_namespaces[type].name);
	strlist_sort(&names);
	return names_to_json(&names);
}

static json_t *list_capabilities(void)
{
	uint64_t known = capability_known_set();
	json_t *names = json_array();

	for (int i = 0; i < CAPABILITY_NAMES; i++)
		if (known & UINT64_C(1) << i)
			json_array_append_new(names, json_string(capability_name(i)));
	return names;
}

static json_t *list_hooks(void)
{
	autostrlist struct strlist names = STRLIST_INIT;

	refusal_list_accepted("hooks", &names);
	return names_to_json(&names);
}

static json_t *enabled(bool is_enabled)
{
	return json_pack("{s:b}", "enabled", is_enabled);
}

/* No control group is made: config/cgroup.h. */
static json_t *describe_cgroups(void)
{
	bool has_limits = !refusal_is_refused("linux.resources.pids.limit");

	return json_pack("{s:b, s:b, s:b, s:b, s:b}", "v1", has_limits, "v2", has_limits, "systemd",
			 has_limits, "systemdUser", has_limits, "rdma",
			 !refusal_is_refused("linux.resources.rdma"));
}

/* A label is none without the module of the kernel that reads it. */
static bool has_security_module(const char *property, const char *folder)
{
	return !refusal_is_refused(property) && access(folder, F_OK) == 0;
}

/* words: of seccomp_vocabulary(); its version of libseccomp is an annotation. */
static json_t *describe_seccomp(const json_t *words)
{
	json_t *seccomp = json_copy((json_t *)(uintptr_t)words);

	json_object_del(seccomp, "libseccomp");
	json_object_set_new(seccomp, "enabled", json_true());
	return seccomp;
}

static json_t *describe_linux(const struct strlist *mount_options, const json_t *words)
{
	bool has_idmap = strlist_contains(mount_options, "idmap");

	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:{s:o}}", "namespaces",
			 list_namespaces(), "capabilities", list_capabilities(), "cgroup",
			 describe_cgroups(), "seccomp", describe_seccomp(words), "apparmor",
			 enabled(has_security_module("process.apparmorProfile",
						     "/sys/kernel/security/apparmor")),
			 "selinux",
			 enabled(has_security_module("process.selinuxLabel", "/sys/fs/selinux")),
			 "intelRdt", enabled(!refusal_is_refused("linux.intelRdt")),
			 "mountExtensions", "idmap", enabled(has_idmap));
}

static json_t *describe_annotations(const json_t *words)
{
	return json_pack("{s:s, s:s, s:O}", "org.ctnr.version", CTNR_VERSION, "org.ctnr.commit",
			 version_commit, "io.github.seccomp.libseccomp.version",
			 json_object_get(words, "libseccomp"));
}

int print_features(const void *opts, const struct strlist *operands, struct error *err)
{
	autostrlist struct strlist mount_options = STRLIST_INIT;
	autojson json_t *words = NULL;
	autojson json_t *document = NULL;

	(void)opts;
	if (operands->len)
		return error_set(err, ERROR_USAGE, "there are no operands");
	words = seccomp_vocabulary(err);
	if (!words)
		return -1;
	mount_option_list(&mount_options);
	/* No annotation changes what is done with a config. */
	document = json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:[]}", "ociVersionMin",
			     RUNTIME_SPEC_VERSION_MIN, "ociVersionMax", RUNTIME_SPEC_VERSION,
			     "hooks", list_hooks(), "mountOptions", names_to_json(&mount_options),
			     "linux", describe_linux(&mount_options, words), "annotations",
			     describe_annotations(words), "potentiallyUnsafeConfigAnnotations");
	return json_print(stdout, document, err);
}

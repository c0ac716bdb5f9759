/* SPDX-License-Identifier: Apache-2.0 */
#include "verbs/spec.h"

#include "base/alloc.h"
#include "format/json.h"
#include "oci/runtime.h"
#include "oci/runtime_default.h"
#include "system/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

const struct option spec_options[] = {
	{ "bundle", 'b', "DIR", "the bundle that gets the config", OPTION_STRING,
	  offsetof(struct spec_opts, bundle), NULL },
	OPTION_INCLUDE(global_options, offsetof(struct spec_opts, global)),
	OPTION_END,
};

static json_t *describe_capabilities(void)
{
	autojson json_t *set =
		json_pack("[s, s, s]", "CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE");

	return json_pack("{s:O, s:O, s:O}", "bounding", set, "effective", set, "permitted", set);
}

static json_t *describe_process(void)
{
	return json_pack("{s:b, s:{s:i, s:i}, s:[s], s:[s, s], s:s, s:o, s:[{s:s, s:i, s:i}], s:b}",
			 "terminal", 1, "user", "uid", 0, "gid", 0, "args", "sh", "env",
			 "PATH=" RUNTIME_DEFAULT_PATH, "TERM=xterm", "cwd", "/", "capabilities",
			 describe_capabilities(), "rlimits", "type", "RLIMIT_NOFILE", "hard", 1024,
			 "soft", 1024, "noNewPrivileges", 1);
}

/* Without a network namespace of its own a container of a user cannot mount sysfs. */
static json_t *describe_mounts(bool is_rootless)
{
	json_t *mounts = runtime_default_mounts(!is_rootless);

	json_array_append_new(
		mounts,
		is_rootless
			? runtime_mount_new("/sys", "none", "/sys", "rbind nosuid noexec nodev ro")
			: runtime_mount_new("/sys", "sysfs", "sysfs", "nosuid noexec nodev ro"));
	json_array_append_new(mounts, runtime_mount_new("/sys/fs/cgroup", "cgroup", "cgroup",
							"nosuid noexec nodev relatime ro"));
	return mounts;
}

static json_t *describe_namespaces(bool is_rootless)
{
	static const enum namespace_type types[] = { NAMESPACE_PID, NAMESPACE_IPC, NAMESPACE_UTS,
						     NAMESPACE_MOUNT };
	json_t *namespaces = json_array();
	enum namespace_type own = is_rootless ? NAMESPACE_USER : NAMESPACE_NETWORK;

	for (size_t i = 0; i < array_size(types); i++)
		json_array_append_new(namespaces, json_pack("{s:s}", "type",
							    runtime_namespaces[types[i]].name));
	json_array_append_new(namespaces, json_pack("{s:s}", "type", runtime_namespaces[own].name));
	return namespaces;
}

static json_t *describe_linux(bool is_rootless)
{
	json_t *linux_object =
		json_pack("{s:o, s:o, s:o}", "namespaces", describe_namespaces(is_rootless),
			  "maskedPaths", runtime_default_masked_paths(), "readonlyPaths",
			  runtime_default_readonly_paths());
	struct idmap uids = { 0 }, gids = { 0 };

	if (!is_rootless) {
		json_object_set_new(linux_object, "resources",
				    json_pack("{s:[{s:b, s:s}]}", "devices", "allow", 0, "access",
					      "rwm"));
		return linux_object;
	}
	idmap_add(&uids, 0, geteuid(), 1, NULL);
	idmap_add(&gids, 0, getegid(), 1, NULL);
	json_object_set_new(linux_object, "uidMappings", runtime_idmap_to_json(&uids));
	json_object_set_new(linux_object, "gidMappings", runtime_idmap_to_json(&gids));
	return linux_object;
}

static json_t *describe_container(bool is_rootless)
{
	return json_pack("{s:s, s:o, s:{s:s, s:b}, s:s, s:o, s:o}", "ociVersion",
			 RUNTIME_SPEC_VERSION_MIN, "process", describe_process(), "root", "path",
			 "rootfs", "readonly", 1, "hostname", "ctnr", "mounts",
			 describe_mounts(is_rootless), "linux", describe_linux(is_rootless));
}

/* A config that is there stays. */
static int write_new_file(int dir, const char *text, struct error *err)
{
	autoclose int fd =
		openat(dir, RUNTIME_CONFIG_FILE, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

	if (fd < 0) {
		error_errno(err, "cannot create '%s'", RUNTIME_CONFIG_FILE);
		return errno == EEXIST ? error_hint(err, "remove it first") : -1;
	}
	if (fd_write_all(fd, text, strlen(text)) == 0)
		return 0;
	error_errno(err, "cannot write '%s'", RUNTIME_CONFIG_FILE);
	unlinkat(dir, RUNTIME_CONFIG_FILE, 0);
	return -1;
}

int write_spec(const void *opts_, const struct strlist *operands, struct error *err)
{
	const struct spec_opts *opts = opts_;
	autojson json_t *config = NULL;
	autofree char *text = NULL;
	autofree char *line = NULL;
	autoclose int dir = -EBADF;

	if (operands->len)
		return error_set(err, ERROR_USAGE, "there are no operands");
	dir = dir_open_at(AT_FDCWD, opts->bundle ? opts->bundle : ".", err);
	if (dir < 0)
		return error_prefix(err, "bundle");
	config = describe_container(opts->global.rootless == GLOBAL_ROOTLESS_TRUE);
	text = json_format_indented(config);
	line = xasprintf("%s\n", text);
	return write_new_file(dir, line, err);
}

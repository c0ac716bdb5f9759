/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The vocabulary of the runtime configuration, config.json (runtime-spec config.md and
 * config-linux.md): what the tools that write it, run it and show it must agree on.
 *
 *	struct jnode root = jnode_root(config, RUNTIME_CONFIG_FILE);
 *	struct jnode linux_node = jnode_member(&root, "linux");
 *	struct jnode node = jnode_member(&linux_node, "uidMappings");
 *	struct idmap uids;
 *
 *	if (runtime_read_idmap(&node, &uids, err) < 0) ...
 */
#ifndef OCI_RUNTIME_H
#define OCI_RUNTIME_H

#include "format/json.h"
#include "system/idmap.h"

#include <sys/types.h>

/* The version of the runtime specification that ctnr-exec follows: in the state, in --version, and
 * the newest of which a property may be in the features document. */
#define RUNTIME_SPEC_VERSION "1.2.0"
/* The oldest version of a config.json that ctnr-exec takes. */
#define RUNTIME_SPEC_VERSION_MIN "1.0.0"

/* Check ociVersion: a version of Semantic Versioning 2.0.0 ("1.2.0", "1.0.0-rc5") with major 1. A
 * newer minor version only adds properties, which are ignored as unknown ones. */
int runtime_check_version(const struct jnode *node, struct error *err);

/* Check annotations (absent: none): an object of strings without an empty name. */
int runtime_check_annotations(const struct jnode *node, struct error *err);

/* The file in a bundle's directory, and how long it may be, in bytes. */
#define RUNTIME_CONFIG_FILE "config.json"
#define RUNTIME_CONFIG_MAX (16U << 20)

/* How long a seccomp profile may be, in a file of its own or as linux.seccomp, in bytes. */
#define RUNTIME_SECCOMP_MAX (4U << 20)

/* Does a clean absolute path belong to the interfaces of the kernel: /dev, /proc, /sys, or below? What a
 * person binds there is as it is on purpose, and nothing is made in it. */
bool runtime_is_kernel_path(const char *path);

/* How many mounts, devices and rules about devices a container has at most, and how many paths are masked
 * and how many made read-only. Mounts are compared with each other, and rules with devices; mounts over one
 * place cost the kernel the square of their number. */
#define RUNTIME_MOUNTS_MAX 512
#define RUNTIME_DEVICES_MAX 4096
#define RUNTIME_DEVICE_RULES_MAX 4096
#define RUNTIME_PATHS_MAX 1024

/* PATH of a container whose image and config say nothing. */
#define RUNTIME_DEFAULT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/* linux.namespaces[].type */
enum namespace_type {
	NAMESPACE_USER,
	NAMESPACE_PID,
	NAMESPACE_MOUNT,
	NAMESPACE_UTS,
	NAMESPACE_IPC,
	NAMESPACE_NETWORK,
	NAMESPACE_CGROUP,
	NAMESPACE_TIME,
	NAMESPACE_TYPE_MAX,
};

struct runtime_namespace {
	const char *name; /* "mount" */
	const char *file; /* in /proc/PID/ns: "mnt" */
	int flag; /* of clone(2) and setns(2): CLONE_NEWNS */
};

/* By enum namespace_type. */
extern const struct runtime_namespace runtime_namespaces[NAMESPACE_TYPE_MAX];

/* The type of that name, or -1. */
int runtime_namespace_find(const char *name);

/* A device that every container has, whatever linux.devices says (config-linux.md, "Default
 * Devices"; /dev/console and /dev/ptmx are made in other ways). They belong to 0:0. */
struct runtime_device {
	const char *path;
	mode_t type; /* S_IFCHR */
	unsigned major;
	unsigned minor;
	mode_t mode; /* permission bits */
};

#define RUNTIME_DEVICES 6
extern const struct runtime_device runtime_devices[RUNTIME_DEVICES];

/* The default device at a path, or NULL. */
const struct runtime_device *runtime_device_find(const char *path);

/* Make ret what linux.uidMappings or gidMappings says; an absent node is an empty map. What the
 * kernel would refuse (system/idmap.h) is an error that names the place in the document. */
int runtime_read_idmap(const struct jnode *node, struct idmap *ret, struct error *err);

/* The same the other way round: a new array. */
json_t *runtime_idmap_to_json(const struct idmap *map);

#endif

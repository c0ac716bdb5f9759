/* SPDX-License-Identifier: Apache-2.0 */
#include "config/config.h"

#include "config/device_rules.h"
#include "config/refusal.h"

#include "oci/runtime.h"

#include <linux/capability.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/vfs.h>

void config_release(struct config *config)
{
	if (!config)
		return;
	str_release(&config->text);
	str_release(&config->seccomp);
	process_config_release(&config->process);
	mounts_config_release(&config->mounts);
	devices_config_release(&config->devices);
	sysctls_config_release(&config->sysctls);
	hooks_config_release(&config->hooks);
	strlist_release(&config->masked_paths);
	strlist_release(&config->readonly_paths);
	json_free(&config->document);
}

static int read_root(const struct jnode *root, struct config *ret, struct error *err)
{
	struct jnode section = jnode_member(root, "root");
	struct jnode path = jnode_member(&section, "path");
	struct jnode readonly = jnode_member(&section, "readonly");

	if (jnode_object(&section, err) < 0 || jnode_string(&path, &ret->root_path, err) < 0)
		return -1;
	return jnode_bool_opt(&readonly, &ret->root_is_readonly, err);
}

/* What the rules deny, the container cannot make either, whichever set would let it. */
static void withhold_mknod(struct capabilities *c)
{
	uint64_t keep = ~(UINT64_C(1) << CAP_MKNOD);

	c->bounding &= keep;
	c->effective &= keep;
	c->permitted &= keep;
	c->inheritable &= keep;
	c->ambient &= keep;
}

static int read_device_rules(const struct jnode *linux_node, struct config *ret, struct error *err)
{
	if (device_rules_read(linux_node, &ret->devices, &ret->mounts, &ret->denies_devices, err) <
	    0)
		return -1;
	if (ret->denies_devices)
		withhold_mknod(&ret->process.capabilities);
	return 0;
}

static int read_paths(const struct jnode *list, struct strlist *ret, struct error *err)
{
	if (jnode_strings(list, ret, err) < 0)
		return -1;
	if (ret->len > RUNTIME_PATHS_MAX)
		return jnode_error(list, err, "more than %d paths", RUNTIME_PATHS_MAX);
	for (size_t i = 0; i < ret->len; i++) {
		struct jnode item = jnode_element(list, i);

		if (ret->items[i][0] != '/')
			return jnode_error(&item, err, "'%s' is not absolute", ret->items[i]);
	}
	return 0;
}

/* linux.mountLabel: without SELinux nothing would come of it. */
static int read_mount_label(const struct jnode *linux_node, const char **ret, struct error *err)
{
	struct jnode node = jnode_member(linux_node, "mountLabel");
	struct statfs fs;

	if (jnode_string_opt(&node, ret, err) < 0)
		return -1;
	if (!**ret || (statfs("/sys/fs/selinux", &fs) == 0 && fs.f_type == SELINUX_MAGIC))
		return 0;
	return jnode_error(&node, err, "there is no SELinux here");
}

static int read_linux(const struct jnode *root, struct config *ret, struct error *err)
{
	struct jnode linux_node = jnode_member(root, "linux");
	struct jnode masked = jnode_member(&linux_node, "maskedPaths");
	struct jnode readonly = jnode_member(&linux_node, "readonlyPaths");
	struct jnode seccomp = jnode_member(&linux_node, "seccomp");

	if (jnode_object(&linux_node, err) < 0 || jnode_object(&seccomp, err) < 0 ||
	    devices_config_read(&linux_node, &ret->devices, err) < 0 ||
	    sysctls_config_read(&linux_node, &ret->namespaces, &ret->sysctls, err) < 0 ||
	    memory_policy_config_read(&linux_node, &ret->memory_policy, err) < 0 ||
	    personality_config_read(&linux_node, &ret->personality, err) < 0 ||
	    read_paths(&masked, &ret->masked_paths, err) < 0 ||
	    read_paths(&readonly, &ret->readonly_paths, err) < 0 ||
	    read_mount_label(&linux_node, &ret->mount_label, err) < 0 ||
	    propagation_config_read(&linux_node, &ret->propagation, err) < 0)
		return -1;
	return read_device_rules(&linux_node, ret, err);
}

int config_load(const struct document_place *place, struct config *ret, struct error *err)
{
	ret->document = document_read(place, &ret->text, &ret->seccomp, err);
	return ret->document ? 0 : -1;
}

static int read_nouns(const struct jnode *root, struct config *ret, struct error *err)
{
	struct jnode process = jnode_member(root, "process");

	if (read_root(root, ret, err) < 0 ||
	    process_config_read(&process, &ret->process, err) < 0 ||
	    mounts_config_read(root, &ret->mounts, err) < 0 ||
	    namespaces_config_read(root, &ret->namespaces, err) < 0 ||
	    hooks_config_read(root, &ret->hooks, err) < 0)
		return -1;
	return read_linux(root, ret, err);
}

int config_read_joined(struct config *ret, const char *name, struct error *err)
{
	struct jnode root = jnode_root(ret->document, name);

	return refusal_check_process(&root, err) < 0 ? -1 : read_nouns(&root, ret, err);
}

int config_read(const struct document_place *place, enum cgroup_policy policy, struct config *ret,
		struct error *err)
{
	struct jnode root, version, annotations, linux_node;

	if (config_load(place, ret, err) < 0)
		return -1;
	root = jnode_root(ret->document, RUNTIME_CONFIG_FILE);
	version = jnode_member(&root, "ociVersion");
	/* No annotation changes what is done here; the state shows them as they are. */
	annotations = jnode_member(&root, "annotations");
	linux_node = jnode_member(&root, "linux");
	if (jnode_object(&root, err) < 0 || runtime_check_version(&version, err) < 0 ||
	    runtime_check_annotations(&annotations, err) < 0 || refusal_check(&root, err) < 0 ||
	    cgroup_config_check(&linux_node, policy, err) < 0)
		return -1;
	return read_nouns(&root, ret, err);
}

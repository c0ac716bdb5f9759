/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config.json (runtime-spec config.md) as plain structs.
 *
 * It is read whole, and every value of it is checked, before an ID is claimed, a process cloned or
 * anything mounted: the processes of a container never look at JSON. What the specification has and
 * this runtime has not is refused here, by name (config/refusal.h).
 *
 *	autoconfig struct config config = CONFIG_INIT;
 *
 *	if (config_read(&place, CGROUP_POLICY_CGROUPFS, &config, err) < 0) ...
 *	printf("%s\n", config.process.args.items[0]);
 */
#ifndef CTNR_EXEC_CONFIG_CONFIG_H
#define CTNR_EXEC_CONFIG_CONFIG_H

#include "config/cgroup.h"
#include "config/devices.h"
#include "config/document.h"
#include "config/hooks.h"
#include "config/memory_policy.h"
#include "config/mounts.h"
#include "config/namespaces.h"
#include "config/personality.h"
#include "config/process.h"
#include "config/propagation.h"
#include "config/sysctls.h"

#include "base/str.h"
#include "format/json.h"

#include <stdbool.h>

struct config {
	json_t *document; /* owns the strings that the other members borrow */
	struct str text; /* of the whole file, as it was read */
	struct str seccomp; /* the text of linux.seccomp; empty: there is none */
	const char *root_path; /* root.path */
	bool root_is_readonly;
	struct propagation_config propagation;
	struct process_config process;
	struct mounts_config mounts;
	struct devices_config devices;
	struct namespaces_config namespaces;
	struct sysctls_config sysctls;
	struct memory_policy_config memory_policy;
	struct personality_config personality;
	struct hooks_config hooks;
	const char *mount_label; /* of SELinux, for filesystems that are made; "": none */
	struct strlist masked_paths;
	struct strlist readonly_paths;
	bool denies_devices; /* by linux.resources.devices: config/device_rules.h */
};

#define CONFIG_INIT \
	{ \
		.text = STR_INIT, .seccomp = STR_INIT, .mount_label = "" \
	}

/* Accepts half-built objects. */
void config_release(struct config *config);
#define autoconfig autocleanup(config_release)

/* Read a config.json. ERROR_FAILED names the property ("config.json: process.cwd: ..."). */
int config_read(const struct document_place *place, enum cgroup_policy policy, struct config *ret,
		struct error *err);

/* The config of a container that runs already, for a further process of it, in two steps: the document, in
 * which the caller then replaces "process", and everything else. What was refused or told at the container's start
 * is not refused or told again, but for the process. name: what messages call the document. */
int config_load(const struct document_place *place, struct config *ret, struct error *err);
int config_read_joined(struct config *ret, const char *name, struct error *err);

#endif

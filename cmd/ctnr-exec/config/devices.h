/* SPDX-License-Identifier: Apache-2.0 */
/* linux.devices (runtime-spec config-linux.md, "Devices"). */
#ifndef CTNR_EXEC_CONFIG_DEVICES_H
#define CTNR_EXEC_CONFIG_DEVICES_H

#include "base/error.h"
#include "format/json.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct device_config {
	const char *path; /* borrowed from the document */
	mode_t type; /* S_IFCHR, S_IFBLK, S_IFIFO */
	unsigned major;
	unsigned minor;
	mode_t mode; /* permission bits */
	bool has_mode; /* it was asked for */
	uid_t uid;
	gid_t gid;
};

struct devices_config {
	struct device_config *items;
	size_t len;
};

void devices_config_release(struct devices_config *devices);

/* Read them from the "linux" node (absent: none; the default devices are not in it). */
int devices_config_read(const struct jnode *linux_node, struct devices_config *ret,
			struct error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * linux.rootfsPropagation (runtime-spec config-linux.md): what the root filesystem, and with "r" before
 * the name all that is mounted in it, has to do with what is mounted elsewhere.
 *
 *	private, rprivate         nothing; the default
 *	slave, rslave             what the host mounts below the root filesystem shows in the container
 *	shared, rshared           the mount namespaces that the container's processes make see what is
 *	                          mounted in it. The host does not, but for bind mounts that ask for
 *	                          "shared" too: these are shared with it in both directions
 *	unbindable, runbindable   private, and cannot be bound elsewhere
 */
#ifndef CTNR_EXEC_CONFIG_PROPAGATION_H
#define CTNR_EXEC_CONFIG_PROPAGATION_H

#include "base/error.h"
#include "format/json.h"

#include <stdbool.h>
#include <stdint.h>

struct propagation_config {
	uint64_t first; /* MS_PRIVATE or MS_SLAVE: of all mounts, before others are made */
	uint64_t root; /* MS_SHARED, MS_UNBINDABLE: of the root, when all are made; 0: as it is */
	bool is_recursive; /* root: also of all that is mounted there and says nothing itself */
};

/* Read it from the "linux" node (absent: private). */
int propagation_config_read(const struct jnode *linux_node, struct propagation_config *ret,
			    struct error *err);

#endif

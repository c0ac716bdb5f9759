/* SPDX-License-Identifier: Apache-2.0 */
/* process.rlimits (runtime-spec config.md, "POSIX process"). */
#ifndef CTNR_EXEC_CONFIG_RLIMITS_H
#define CTNR_EXEC_CONFIG_RLIMITS_H

#include "base/error.h"
#include "format/json.h"

#include <stddef.h>
#include <sys/resource.h>

struct rlimit_config {
	const char *name; /* "RLIMIT_NOFILE"; static */
	int resource; /* of setrlimit(2) */
	struct rlimit limit;
};

struct rlimits_config {
	struct rlimit_config *items;
	size_t len;
};

void rlimits_config_release(struct rlimits_config *rlimits);

/* Read them from the "process" node (absent: none). An unknown name, a name that is there twice and a
 * soft limit above the hard one are errors. */
int rlimits_config_read(const struct jnode *process, struct rlimits_config *ret, struct error *err);

#endif

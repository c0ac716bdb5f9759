/* SPDX-License-Identifier: Apache-2.0 */
/*
 * linux.personality (runtime-spec config-linux.md, "Personality"): the execution domain of the container's
 * processes. The specification has no flags yet, so that every one is an error.
 */
#ifndef CTNR_EXEC_CONFIG_PERSONALITY_H
#define CTNR_EXEC_CONFIG_PERSONALITY_H

#include "base/error.h"
#include "format/json.h"

#include <stdbool.h>

struct personality_config {
	bool is_asked;
	unsigned long persona; /* as personality(2) takes it */
};

/* Read it from the "linux" node; an absent or empty object asks for nothing. */
int personality_config_read(const struct jnode *linux_node, struct personality_config *ret,
			    struct error *err);

#endif

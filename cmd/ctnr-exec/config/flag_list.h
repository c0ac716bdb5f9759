/* SPDX-License-Identifier: Apache-2.0 */
/* A list of the names of flags, as several properties have one: ["SCHED_FLAG_RECLAIM"]. */
#ifndef CTNR_EXEC_CONFIG_FLAG_LIST_H
#define CTNR_EXEC_CONFIG_FLAG_LIST_H

#include "base/error.h"
#include "format/json.h"

#include <stddef.h>
#include <stdint.h>

struct flag_name {
	const char *name;
	uint64_t flag;
};

/* The flags of a list (absent: none) by a table of n names. A name that is not in the table is an error. */
int flag_list_read(const struct jnode *list, const struct flag_name *names, size_t n, uint64_t *ret,
		   struct error *err);

#endif

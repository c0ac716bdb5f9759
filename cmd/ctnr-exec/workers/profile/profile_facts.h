/* SPDX-License-Identifier: Apache-2.0 */
/* What linux.seccomp says besides the filter: flags, and who is notified. */
#ifndef CTNR_EXEC_WORKERS_PROFILE_PROFILE_FACTS_H
#define CTNR_EXEC_WORKERS_PROFILE_PROFILE_FACTS_H

#include "base/error.h"
#include "format/json.h"

#include <stdbool.h>
#include <stdint.h>

struct profile_facts {
	uint32_t flags; /* SECCOMP_FILTER_FLAG_*; with NEW_LISTENER where anything is notified */
	const char *listener_path; /* borrowed from the profile; NULL: nothing is notified */
	const char *listener_metadata; /* borrowed from the profile, or NULL */
};

/* What is wrong with the notification is told here: a listener that is missing, metadata for none. */
int profile_read_facts(const struct jnode *profile, struct profile_facts *ret, struct error *err);

/* The names of the flags that a profile may have, or of those that the kernel knows: a new array. */
json_t *profile_flag_names(bool only_available);

#endif

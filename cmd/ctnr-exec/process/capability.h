/* SPDX-License-Identifier: Apache-2.0 */
/* Setting process.capabilities: the five sets, by capset(2) and prctl(2). */
#ifndef CTNR_EXEC_PROCESS_CAPABILITY_H
#define CTNR_EXEC_PROCESS_CAPABILITY_H

#include "config/capabilities.h"

#include "base/error.h"

/* What the container is to have and this process cannot give is printed as a warning. A new user
 * namespace gives all, so this is for containers without one. */
int capabilities_check(const struct capabilities *c, struct error *err);

/* As root of the container, but with no more rights than the container's own root has: what is named by the
 * container is looked up so. *ret_before is for capability_set(), which gives the rights back. */
struct capability_sets;
int capabilities_narrow(const struct capabilities *c, struct capability_sets *ret_before,
			struct error *err);

/* Before the user is changed: drop what is outside the bounding set, keep the rest across it. */
int capabilities_bound(const struct capabilities *c, struct error *err);

/* After the user was changed: set the other sets. Those of keep stay permitted besides, and no more. */
int capabilities_apply(const struct capabilities *c, uint64_t keep, struct error *err);

/* Make those of a set effective that are permitted. */
int capabilities_raise(uint64_t set, struct error *err);

#endif

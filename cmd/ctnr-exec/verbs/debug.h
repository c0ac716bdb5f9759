/* SPDX-License-Identifier: Apache-2.0 */
/* What --debug tells of a container. */
#ifndef CTNR_EXEC_VERBS_DEBUG_H
#define CTNR_EXEC_VERBS_DEBUG_H

#include "container.h"

/* What was decided about a container that is claimed: where it lies, how its namespaces come about, and what
 * is executed in it. */
void debug_container(const struct container *c);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* process.capabilities (runtime-spec config.md, "Linux Process"): the five sets as bits. */
#ifndef CTNR_EXEC_CONFIG_CAPABILITIES_H
#define CTNR_EXEC_CONFIG_CAPABILITIES_H

#include "base/error.h"
#include "format/json.h"

#include <stdint.h>

/* In each set bit N is capability N of capabilities(7). */
struct capabilities {
	uint64_t bounding;
	uint64_t effective;
	uint64_t permitted;
	uint64_t inheritable;
	uint64_t ambient;
};

/* Read them from the "process" node (absent: all empty). Names that this kernel does not know are left
 * out, with one warning for all of them, and so is what the kernel would refuse: inheritable ones outside
 * of the bounding set, effective ones that are not permitted, ambient ones that are not permitted and
 * inheritable. */
int capabilities_read(const struct jnode *process, struct capabilities *ret, struct error *err);

/* Print one warning for those that cannot be given by a process whose own sets are these. */
void capabilities_tell_denied(const struct capabilities *c, uint64_t bounding, uint64_t permitted);

#endif

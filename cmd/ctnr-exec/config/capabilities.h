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

/* Read them from the "process" node (absent: all empty). A name that this kernel does not know is
 * left out, with one warning for the first of them. */
int capabilities_read(const struct jnode *process, struct capabilities *ret, struct error *err);

#endif

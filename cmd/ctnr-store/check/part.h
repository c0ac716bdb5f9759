/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A part of all blobs, for a check that is spread over several nights: "3/7" is the third of seven. A blob is
 * in the same part every time, because its digest decides.
 */
#ifndef CTNR_STORE_CHECK_PART_H
#define CTNR_STORE_CHECK_PART_H

#include "base/error.h"
#include "format/digest.h"

#include <stdbool.h>
#include <stdint.h>

#define PART_MAX 1000 /* parts */

struct part {
	uint64_t number; /* from 1 */
	uint64_t of; /* 1: all is one part */
};

/* text NULL: all. ERROR_USAGE for anything but N/M with 1 <= N <= M <= PART_MAX. */
int part_parse(const char *text, struct part *ret, struct error *err);

bool part_has(const struct part *part, const struct digest *digest);

#endif

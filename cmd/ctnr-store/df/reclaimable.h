/* SPDX-License-Identifier: Apache-2.0 */
/* What the collector would delete now, and would come back, beside leftovers: usage.doomed and
 * usage.stale_cache_bytes. */
#ifndef CTNR_STORE_DF_RECLAIMABLE_H
#define CTNR_STORE_DF_RECLAIMABLE_H

#include "df/usage.h"

void reclaimable_find(struct usage *usage);

#endif

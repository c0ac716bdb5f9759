/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What killed commands left in the store, what is in the making, and what is being deleted
 * (store/leftover.h), wherever it lies; with trash/ itself. Measured first, so that it is of no other kind.
 * A bundle for one run is a bundle as long as it is in use.
 */
#ifndef CTNR_STORE_DF_LEFTOVERS_H
#define CTNR_STORE_DF_LEFTOVERS_H

#include "df/usage.h"

void leftovers_measure(struct usage *usage);

#endif

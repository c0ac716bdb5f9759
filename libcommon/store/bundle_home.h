/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where bundles are made: the store, or the state directory of a store that cannot be written to.
 * Both have bundles/ and trash/, so that both are a struct store.
 */
#ifndef STORE_BUNDLE_HOME_H
#define STORE_BUNDLE_HOME_H

#include "store/store.h"

/* store may be NULL. The caller releases ret. */
int bundle_home_open(const struct store *store, struct store *ret, struct error *err);

#endif

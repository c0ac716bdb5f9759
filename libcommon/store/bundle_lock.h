/* SPDX-License-Identifier: Apache-2.0 */
/* The lock of a bundle (its file "lock", by flock(2)), which is held while its container runs. */
#ifndef STORE_BUNDLE_LOCK_H
#define STORE_BUNDLE_LOCK_H

#include "base/error.h"
#include "store/bundle.h"

#include <stdbool.h>

/* Take the bundle's lock; ERROR_FAILED "container 'ID' is running" when it is held,
 * ERROR_NOT_FOUND when the bundle was removed since it was opened. Returns the fd that holds it. */
int bundle_lock(const struct bundle *bundle, struct error *err);

/* The same without waiting a moment. */
int bundle_try_lock(const struct bundle *bundle, struct error *err);

bool bundle_is_running(const struct bundle *bundle); /* the lock is held by somebody */

#endif

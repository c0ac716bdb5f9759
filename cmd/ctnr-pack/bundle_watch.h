/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Has a bundle stayed what it was, while its files were read? No lock is held for that long: whoever removes the
 * bundle, or gives it another image, need not wait. Both take the bundle, or the tree of its changes, away by a
 * rename before they delete anything. So where the same two are in their places after the reading, none of the
 * files that were read had been taken away by ctnr. The record, which names the image, is written last: it is read
 * again too, because the tree may have been replaced between its first reading and the beginning of the watch.
 *
 *	struct bundle_watch watch;
 *
 *	if (bundle_watch_begin(&bundle, &watch, err) < 0) ...
 *	... read
 *	if (bundle_watch_check(&watch, err) < 0) ...
 */
#ifndef CTNR_PACK_BUNDLE_WATCH_H
#define CTNR_PACK_BUNDLE_WATCH_H

#include "store/bundle.h"

#include <sys/stat.h>

struct bundle_watch {
	const struct bundle *bundle; /* borrowed */
	struct stat directory; /* of the bundle */
	struct stat tree; /* of what the container wrote */
};

/* Begin. Fails also when the record in the bundle names another image than the one that bundle has. */
int bundle_watch_begin(const struct bundle *bundle, struct bundle_watch *ret, struct error *err);

/* ERROR_TEMPORARY when something else is there now. */
int bundle_watch_check(const struct bundle_watch *watch, struct error *err);

#endif
